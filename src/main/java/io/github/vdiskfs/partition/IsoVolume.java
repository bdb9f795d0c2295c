// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * An ISO 9660 file system. It has two labels where it has a second tree of names (Joliet): one of
 * 32 poor characters, one of 16 rich ones.
 */
final class IsoVolume {
  private static final int AT = 32768;
  private static final int SECTOR_BYTES = 2048;

  /** Descriptors that are looked at for a second tree. */
  private static final int MAX_DESCRIPTORS = 16;

  private static final int PRIMARY = 1;
  private static final int SUPPLEMENTARY = 2;
  private static final int LABEL_AT = 40;
  private static final int LABEL_BYTES = 32;
  private static final int ESCAPE_AT = 88;
  private static final int CREATED_AT = 813;
  private static final int MODIFIED_AT = 830;
  private static final int DATE_BYTES = 16;

  private IsoVolume() {}

  static Optional<Content> probe(Fields head) {
    if (!isDescriptor(head, AT, PRIMARY)) {
      return Optional.empty();
    }
    String label = head.text(AT + LABEL_AT, LABEL_BYTES);
    String date = date(head, AT + MODIFIED_AT);
    return Optional.of(
        new Content(
            "iso9660",
            merged(label, secondLabel(head)),
            date.isEmpty() ? date(head, AT + CREATED_AT) : date));
  }

  private static boolean isDescriptor(Fields head, int at, int type) {
    return head.u8(at) == type && head.has(at + 1, "CD001");
  }

  private static String secondLabel(Fields head) {
    for (int i = 1; i < MAX_DESCRIPTORS; i++) {
      int at = AT + i * SECTOR_BYTES;
      if (isDescriptor(head, at, SUPPLEMENTARY) && head.has(at + ESCAPE_AT, "%/")) {
        return head.text(at + LABEL_AT, LABEL_BYTES, StandardCharsets.UTF_16BE);
      }
    }
    return "";
  }

  /** The rich label, completed from the other one where it is cut off. */
  private static String merged(String poor, String rich) {
    if (rich.isEmpty()) {
      return poor;
    }
    boolean cutOff = rich.length() == LABEL_BYTES / 2 && poor.length() > rich.length();
    return cutOff ? rich + poor.substring(rich.length()) : rich;
  }

  /** {@code 2026-01-31-23-59-59-00}; empty where there are no such digits. */
  private static String date(Fields head, int at) {
    String digits = head.text(at, DATE_BYTES);
    return digits.matches("[0-9]{16}") && !digits.matches("0*")
        ? digits.replaceFirst("(....)(..)(..)(..)(..)(..)(..)", "$1-$2-$3-$4-$5-$6-$7")
        : "";
  }
}
