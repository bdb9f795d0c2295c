// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import java.io.IOException;
import java.nio.ByteBuffer;

/** The disklabel in the second sector of a BSD's slice: partitions within a partition. */
final class BsdLabel {
  private static final int FREEBSD = 0xA5;
  private static final int OPENBSD = 0xA6;
  private static final int NETBSD = 0xA9;

  private static final int MAGIC = 0x82564557;
  private static final int MAGIC_AGAIN_AT = 132;
  private static final int COUNT_AT = 138;
  private static final int ENTRIES_AT = 148;
  private static final int ENTRY_BYTES = 16;
  private static final int START_AT = 4;
  private static final int TYPE_AT = 12;

  /** What fits into the sector; the systems themselves have 8, 16 or 22. */
  private static final int MAX_ENTRIES = 16;

  /**
   * By custom the whole slice; FreeBSD counts from the slice's start where this one starts at 0.
   */
  private static final int WHOLE = 2;

  private static final int UNUSED = 0;

  private BsdLabel() {}

  /** True for the types of partitions that may have a label. */
  static boolean isSlice(MbrEntry entry) {
    return entry.type() == FREEBSD || entry.type() == OPENBSD || entry.type() == NETBSD;
  }

  /**
   * Adds the partitions of a slice, where there is a label.
   *
   * @param first the number of the first
   * @return the number after that of the last
   */
  static int read(SectorReader disk, TableBuilder table, MbrEntry slice, int number, int first)
      throws IOException {
    long labelOffset = slice.startOffset() + MbrEntry.SECTOR_BYTES;
    ByteBuffer label = disk.read(labelOffset, MbrEntry.SECTOR_BYTES);
    if (label == null || label.getInt(0) != MAGIC || label.getInt(MAGIC_AGAIN_AT) != MAGIC) {
      return first;
    }
    int count = Math.min(MAX_ENTRIES, Short.toUnsignedInt(label.getShort(COUNT_AT)));
    long base = isRelative(slice, label) ? slice.startOffset() : 0;
    int next = first;
    for (int i = 0; i < count && next <= TableBuilder.MAX_NUMBER; i++) {
      int at = ENTRIES_AT + i * ENTRY_BYTES;
      long start = base + bytes(label, at + START_AT);
      long size = bytes(label, at);
      boolean whole = start == slice.startOffset() && size == slice.sizeBytes();
      if (label.get(at + TYPE_AT) == UNUSED || size == 0 || whole) {
        continue;
      }
      if (start < slice.startOffset() || start + size > slice.startOffset() + slice.sizeBytes()) {
        table.problem("BSD partition " + (char) ('a' + i) + " leaves partition " + number);
        continue;
      }
      table.add("bsd" + number, MbrTable.partition(next, start, size, slice));
      next++;
    }
    return next;
  }

  private static boolean isRelative(MbrEntry slice, ByteBuffer label) {
    return slice.type() == FREEBSD
        && label.getInt(ENTRIES_AT + WHOLE * ENTRY_BYTES + START_AT) == 0;
  }

  private static long bytes(ByteBuffer label, int at) {
    return Integer.toUnsignedLong(label.getInt(at)) * MbrEntry.SECTOR_BYTES;
  }
}
