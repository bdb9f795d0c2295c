// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import java.util.Locale;
import java.util.Optional;

/** File systems whose superblock stands in the first two KiB. */
final class FileSystems {
  private static final int EXT_AT = 1024;
  private static final int EXT_MAGIC = 0xEF53;
  private static final int EXT_HAS_JOURNAL = 0x4;

  /** Features that came with ext4: incompatible ones, and those that only hinder writing. */
  private static final int EXT4_INCOMPATIBLE = 0x40 | 0x80 | 0x100 | 0x200 | 0x2000 | 0x4000;

  private static final int EXT4_READ_ONLY = 0x8 | 0x10 | 0x20 | 0x40 | 0x400;

  private static final int BOOT_SIGNATURE_AT = 510;
  private static final int BOOT_SIGNATURE = 0xAA55;
  private static final int FAT32_AT = 64;
  private static final int FAT16_AT = 36;

  private FileSystems() {}

  static Optional<Content> probe(Fields head) {
    if (head.has(0, "XFSB")) {
      return Optional.of(new Content("xfs", head.text(108, 12), head.uuid(32)));
    }
    if (head.u16(EXT_AT + 56) == EXT_MAGIC) {
      return Optional.of(
          new Content(extType(head), head.text(EXT_AT + 120, 16), head.uuid(EXT_AT + 104)));
    }
    return head.u16(BOOT_SIGNATURE_AT) == BOOT_SIGNATURE ? dos(head) : Optional.empty();
  }

  private static String extType(Fields head) {
    boolean four =
        (head.i32(EXT_AT + 96) & EXT4_INCOMPATIBLE) != 0
            || (head.i32(EXT_AT + 100) & EXT4_READ_ONLY) != 0;
    boolean journal = (head.i32(EXT_AT + 92) & EXT_HAS_JOURNAL) != 0;
    return four ? "ext4" : journal ? "ext3" : "ext2";
  }

  private static Optional<Content> dos(Fields head) {
    if (head.has(3, "NTFS    ")) {
      String serial = String.format("%016X", head.i64(72));
      return Optional.of(new Content("ntfs", "", serial));
    }
    if (head.has(3, "EXFAT   ")) {
      return Optional.of(new Content("exfat", "", serial(head, 100)));
    }
    if (head.has(FAT32_AT + 18, "FAT32   ")) {
      return Optional.of(fat(head, FAT32_AT));
    }
    return head.has(FAT16_AT + 18, "FAT1") ? Optional.of(fat(head, FAT16_AT)) : Optional.empty();
  }

  /** The fields behind those that differ are the same in both kinds of boot sector. */
  private static Content fat(Fields head, int at) {
    String label = head.text(at + 7, 11);
    return new Content("vfat", label.equals("NO NAME") ? "" : label, serial(head, at + 3));
  }

  private static String serial(Fields head, int at) {
    return String.format(Locale.ROOT, "%04X-%04X", head.u16(at + 2), head.u16(at));
  }
}
