// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The first superblock of F2FS. */
final class F2fsSuperblock {
  private static final int AT = 1024;
  private static final String MAGIC = "\u0010 \u00f5\u00f2";
  private static final int UUID_AT = AT + 108;
  private static final int LABEL_AT = AT + 124;
  private static final int LABEL_BYTES = 1024;

  private F2fsSuperblock() {}

  static Optional<Content> probe(Fields head) {
    if (!head.has(AT, MAGIC)) {
      return Optional.empty();
    }
    String label = head.text(LABEL_AT, LABEL_BYTES, StandardCharsets.UTF_16LE);
    return Optional.of(new Content("f2fs", label, head.uuid(UUID_AT)));
  }
}
