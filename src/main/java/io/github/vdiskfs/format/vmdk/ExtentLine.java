// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of a descriptor's extent section, as the Virtual Disk Format 5.0 has it in "The Extents":
 * {@code RW 4192256 SPARSE "test-s001.vmdk"}.
 *
 * @param access RW, RDONLY or NOACCESS
 * @param sectors size of the extent
 * @param type upper case, not necessarily a known one
 * @param name the file, in the characters of the descriptor; empty where the line has none
 * @param offsetSectors where a flat extent starts in its file, or -1 where the line does not say
 */
record ExtentLine(String access, long sectors, String type, String name, long offsetSectors) {
  /** What makes a line an extent line. */
  private static final Pattern START =
      Pattern.compile("(RW|RDONLY|NOACCESS)\\s.*", Pattern.CASE_INSENSITIVE);

  /** 18 digits fit a long; more are no size of a disk. Devices have further words at the end. */
  private static final Pattern LINE =
      Pattern.compile(
          "(\\w+)\\s+(\\d{1,18})\\s+(\\w{1,32})(?:\\s+\"([^\"]*)\")?(?:\\s+(\\d{1,18}))?(?:\\s.*)?");

  static boolean isOne(String line) {
    return START.matcher(line).matches();
  }

  /** The line's fields; empty where it is malformed. */
  static Optional<ExtentLine> parse(String line) {
    Matcher m = LINE.matcher(line);
    if (!m.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        new ExtentLine(
            upper(m.group(1)),
            Long.parseLong(m.group(2)),
            upper(m.group(3)),
            m.group(4) == null ? "" : m.group(4),
            m.group(5) == null ? -1 : Long.parseLong(m.group(5))));
  }

  private static String upper(String word) {
    return word.toUpperCase(Locale.ROOT);
  }

  ExtentLine withName(String decoded) {
    return new ExtentLine(access, sectors, type, decoded, offsetSectors);
  }

  boolean isFlat() {
    return type.equals("FLAT") || type.equals("VMFS");
  }

  boolean isSparse() {
    return type.equals("SPARSE") || type.equals("VMFSSPARSE");
  }

  boolean isZero() {
    return type.equals("ZERO");
  }

  boolean isWritable() {
    return access.equals("RW");
  }

  boolean isReadable() {
    return !access.equals("NOACCESS");
  }

  /** Physical disks and partitions, by their type or by the name of the file. */
  boolean isDevice() {
    return type.equals("VMFSRDM")
        || type.equals("VMFSRAW")
        || name.startsWith("/dev/")
        || name.startsWith("\\\\.\\");
  }
}
