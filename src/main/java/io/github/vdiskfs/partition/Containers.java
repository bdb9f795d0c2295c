// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import java.util.Optional;

/** Volumes that hold or hide other volumes. */
final class Containers {
  private static final int SECTOR_BYTES = 512;

  /** The label of a physical volume is in one of the first sectors. */
  private static final int LVM_SECTORS = 4;

  private static final int LVM_UUID_CHARACTERS = 32;

  private static final String LUKS_MAGIC = "LUKS\u00ba\u00be";

  /** The version is big-endian: its second byte tells. */
  private static final int LUKS_VERSION_AT = 7;

  private static final int LUKS_LABEL_AT = 24;
  private static final int LUKS_LABEL_BYTES = 48;
  private static final int LUKS_UUID_AT = 168;
  private static final int LUKS_UUID_BYTES = 40;

  private Containers() {}

  static Optional<Content> luks(Fields head) {
    if (!head.has(0, LUKS_MAGIC)) {
      return Optional.empty();
    }
    String label = head.u8(LUKS_VERSION_AT) == 2 ? head.text(LUKS_LABEL_AT, LUKS_LABEL_BYTES) : "";
    return Optional.of(new Content("crypto_LUKS", label, head.text(LUKS_UUID_AT, LUKS_UUID_BYTES)));
  }

  /** A physical volume of LVM. */
  static Optional<Content> lvm(Fields head) {
    for (int sector = 0; sector < LVM_SECTORS; sector++) {
      int at = sector * SECTOR_BYTES;
      if (head.has(at, "LABELONE") && head.has(at + 24, "LVM2 001")) {
        return Optional.of(new Content("LVM2_member", "", lvmUuid(head, at)));
      }
    }
    return Optional.empty();
  }

  private static String lvmUuid(Fields head, int label) {
    int header = head.i32(label + 20);
    if (header < 0 || header > SECTOR_BYTES) {
      return "";
    }
    String id = head.text(label + header, LVM_UUID_CHARACTERS);
    return id.replaceFirst("(.{6})(.{4})(.{4})(.{4})(.{4})(.{4})(.{6})", "$1-$2-$3-$4-$5-$6-$7");
  }
}
