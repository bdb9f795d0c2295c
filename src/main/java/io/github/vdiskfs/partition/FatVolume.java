// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** FAT of 12, 16 or 32 bits. Its label is in the root folder, and an older copy in front. */
final class FatVolume {
  /** The extended boot record, at whose end the kind stands in words. */
  private static final int RECORD_32 = 64;

  private static final int RECORD_16 = 36;
  private static final int SERIAL = 3;
  private static final int LABEL = 7;
  private static final int LABEL_BYTES = 11;
  private static final int KIND = 18;

  private static final int SECTOR_BYTES_AT = 11;
  private static final int CLUSTER_SECTORS_AT = 13;
  private static final int RESERVED_AT = 14;
  private static final int TABLES_AT = 16;
  private static final int ROOT_ENTRIES_AT = 17;
  private static final int TABLE_SECTORS_AT = 22;
  private static final int TABLE_SECTORS_32_AT = 36;
  private static final int ROOT_CLUSTER_AT = 44;

  private static final int MAX_SECTOR_BYTES = 4096;

  /** The label is the root folder's first entry, or one of the first. */
  private static final int MAX_ROOT_BYTES = 16384;

  private static final int ENTRY_BYTES = 32;
  private static final int ATTRIBUTES = 11;
  private static final int KIND_OF_ENTRY = 0x3F;
  private static final int LONG_NAME = 0x0F;
  private static final int VOLUME = 0x08;
  private static final int DELETED = 0xE5;

  private static final String NO_NAME = "NO NAME";

  private FatVolume() {}

  static Optional<Content> probe(Fields head, Pieces volume) throws IOException {
    boolean wide = head.has(RECORD_32 + KIND, "FAT32   ");
    if (!wide && !head.has(RECORD_16 + KIND, "FAT1") && !head.has(RECORD_16 + KIND, "FAT  ")) {
      return Optional.empty();
    }
    int record = wide ? RECORD_32 : RECORD_16;
    String label = rootLabel(volume.at(rootOffset(head, wide), rootBytes(head, wide)));
    if (label.isEmpty()) {
      label = name(head, record + LABEL);
    }
    String serial = BootSectors.serial(head, record + SERIAL);
    return Optional.of(new Content("vfat", label.equals(NO_NAME) ? "" : label, serial));
  }

  private static long rootOffset(Fields head, boolean wide) {
    long sectorBytes = Math.min(MAX_SECTOR_BYTES, head.u16(SECTOR_BYTES_AT));
    long tableSectors = wide ? head.u32(TABLE_SECTORS_32_AT) : head.u16(TABLE_SECTORS_AT);
    long dataSector = head.u16(RESERVED_AT) + head.u8(TABLES_AT) * tableSectors;
    long clusters = wide ? head.u32(ROOT_CLUSTER_AT) - 2 : 0;
    return (dataSector + clusters * head.u8(CLUSTER_SECTORS_AT)) * sectorBytes;
  }

  /** Of the root folder, or of its first cluster. */
  private static int rootBytes(Fields head, boolean wide) {
    int bytes =
        wide
            ? head.u8(CLUSTER_SECTORS_AT) * head.u16(SECTOR_BYTES_AT)
            : head.u16(ROOT_ENTRIES_AT) * ENTRY_BYTES;
    return Math.min(MAX_ROOT_BYTES, bytes);
  }

  private static String rootLabel(Fields root) {
    for (int at = 0; at < root.length() && root.u8(at) != 0; at += ENTRY_BYTES) {
      int kind = root.u8(at + ATTRIBUTES) & KIND_OF_ENTRY;
      if (root.u8(at) != DELETED && (kind & LONG_NAME) == VOLUME) {
        return name(root, at);
      }
    }
    return "";
  }

  private static String name(Fields fields, int at) {
    return fields.text(at, LABEL_BYTES, StandardCharsets.UTF_8);
  }
}
