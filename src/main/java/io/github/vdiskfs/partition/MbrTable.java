// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Partitions from the entries of the first sector. */
final class MbrTable {
  /** The disk's own number stands here. */
  private static final int DISK_ID_AT = 440;

  /** Fields of a FAT boot sector: reserved sectors, number of tables, media type. */
  private static final int FAT_RESERVED_AT = 14;

  private static final int FAT_COUNT_AT = 16;
  private static final int FAT_MEDIA_AT = 21;

  /** AIX marks a disk as its own with this (EBCDIC) word; what follows is no table then. */
  private static final int AIX_MARK = 0xC1D4C2C9;

  private static final int BOOTABLE = 0x80;

  /** What programs see of an extended partition: room for a boot loader, no more. */
  private static final long EXTENDED_WINDOW_BYTES = 2L * MbrEntry.SECTOR_BYTES;

  private static final String PRIMARY = "primary";

  private final SectorReader disk;
  private final TableBuilder table;
  private int next = MbrEntry.COUNT + 1;

  MbrTable(SectorReader disk, TableBuilder table) {
    this.disk = disk;
    this.table = table;
  }

  /** True where a first sector with the signature is a table, and no boot sector or the like. */
  static boolean isTable(ByteBuffer sector, List<MbrEntry> entries) {
    boolean plausible = entries.stream().allMatch(e -> e.boot() == 0 || e.boot() == BOOTABLE);
    boolean unused = entries.stream().noneMatch(MbrEntry::isUsed);
    boolean sealed = Magic.find(Magic.SEALED, new Fields(sector)).isPresent();
    return sector.getInt(0) != AIX_MARK && plausible && !(unused && isFat(sector)) && !sealed;
  }

  private static boolean isFat(ByteBuffer sector) {
    int media = Byte.toUnsignedInt(sector.get(FAT_MEDIA_AT));
    return sector.getShort(FAT_RESERVED_AT) != 0
        && sector.get(FAT_COUNT_AT) != 0
        && (media >= 0xF8 || media == 0xF0);
  }

  /** The disk's number in hexadecimal; empty where it is 0. */
  static String idOf(ByteBuffer sector) {
    int id = sector.getInt(DISK_ID_AT);
    return id == 0 ? "" : String.format("0x%08x", id);
  }

  /** Adds the four partitions, and, where {@code whole}, also those inside of them. */
  void read(List<MbrEntry> entries, boolean whole) throws IOException {
    boolean[] placed = new boolean[entries.size()];
    for (int i = 0; i < entries.size(); i++) {
      placed[i] = entries.get(i).isUsed() && primary(i + 1, entries.get(i), whole);
    }
    for (int i = 0; i < entries.size() && whole; i++) {
      if (placed[i] && BsdLabel.isSlice(entries.get(i))) {
        next = BsdLabel.read(disk, table, entries.get(i), i + 1, next);
      }
    }
  }

  private boolean primary(int number, MbrEntry entry, boolean whole) throws IOException {
    Partition all =
        table.place(PRIMARY, partition(number, entry.startOffset(), entry.sizeBytes(), entry));
    if (all == null) {
      return false;
    }
    if (!entry.isExtended()) {
      table.show(all);
      return true;
    }
    table.show(all.resized(Math.min(all.sizeBytes(), EXTENDED_WINDOW_BYTES)));
    if (whole) {
      next = new LogicalChain(disk, table, entry).read(next);
    }
    return true;
  }

  /** A partition that an entry describes. */
  static Partition partition(int number, long startOffset, long sizeBytes, MbrEntry entry) {
    return new Partition(number, startOffset, sizeBytes, entry.typeWord(), "", "");
  }
}
