// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import java.util.Optional;

/** What holds or hides other volumes, and swap space. */
final class Containers {
  private static final int SECTOR_BYTES = 512;

  /** The label of a physical volume is in one of the first sectors. */
  private static final int LVM_SECTORS = 4;

  private static final int LVM_UUID_CHARACTERS = 32;

  private static final String LUKS_MAGIC = "LUKS\u00ba\u00be";
  private static final int LUKS_UUID_AT = 168;
  private static final int LUKS_UUID_BYTES = 40;

  /** Swap ends its first page with its name; pages of 4 KiB are what images are made with. */
  private static final int SWAP_AT = 4096 - 10;

  private static final int SWAP_UUID_AT = 1036;

  private Containers() {}

  static Optional<Content> probe(Fields head) {
    if (head.has(0, LUKS_MAGIC)) {
      // The version is big-endian: its second byte tells.
      String label = head.u8(7) == 2 ? head.text(24, 48) : "";
      return Optional.of(
          new Content("crypto_LUKS", label, head.text(LUKS_UUID_AT, LUKS_UUID_BYTES)));
    }
    for (int sector = 0; sector < LVM_SECTORS; sector++) {
      int at = sector * SECTOR_BYTES;
      if (head.has(at, "LABELONE") && head.has(at + 24, "LVM2 001")) {
        return Optional.of(new Content("LVM2_member", "", lvmUuid(head, at)));
      }
    }
    if (head.has(SWAP_AT, "SWAPSPACE2")) {
      return Optional.of(
          new Content("swap", head.text(SWAP_UUID_AT + 16, 16), head.uuid(SWAP_UUID_AT)));
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
