// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The digits of the content identifier in a descriptor's text. They are changed in place, so that
 * nothing else of the text is touched: a new value has as many digits as the old one.
 *
 * @param offset where they stand in the text
 * @param digits how many there are, 1 to 8
 * @param value what they say
 */
record CidField(int offset, int digits, long value) {
  /** The first line with that key counts, as it does when the text is parsed. */
  private static final Pattern LINE =
      Pattern.compile("(?im)^[ \\t]*CID[ \\t]*=[ \\t]*\"?(\\p{XDigit}{1,8})\\b");

  private static final Random RANDOM = new SecureRandom();

  /** Finds the digits in the text of a descriptor. */
  static Optional<CidField> in(byte[] text) {
    Matcher line = LINE.matcher(new String(text, StandardCharsets.ISO_8859_1));
    if (!line.find()) {
      return Optional.empty();
    }
    String found = line.group(1);
    return Optional.of(new CidField(line.start(1), found.length(), Long.parseLong(found, 16)));
  }

  /** Digits of another identifier, none of those with a meaning. */
  byte[] next() {
    long mask = (1L << (4 * digits)) - 1;
    long next;
    do {
      next = random() & mask;
    } while (next == value);
    String text = String.format(Locale.ROOT, "%0" + digits + "x", next);
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** An identifier for a new disk. */
  static long random() {
    long cid;
    do {
      cid = RANDOM.nextInt() & 0xFFFFFFFFL;
    } while (cid >= Descriptor.NO_PARENT - 1);
    return cid;
  }
}
