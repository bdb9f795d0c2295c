// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The logical partitions of an extended one: a chain of sectors, each with an entry for a partition
 * behind it and one for the next sector of the chain.
 */
final class LogicalChain {
  /** Sectors of a chain that are read: each partition has one, and empty ones are rare. */
  private static final int MAX_SECTORS = 400;

  /** The first two entries are the partition and the next sector; others are seldom anything. */
  private static final int REGULAR_ENTRIES = 2;

  private final SectorReader disk;
  private final TableBuilder table;
  private final long extendedStart;
  private final long extendedEnd;

  /** The chain of the extended partition that {@code extended} describes. */
  LogicalChain(SectorReader disk, TableBuilder table, MbrEntry extended) {
    this.disk = disk;
    this.table = table;
    this.extendedStart = extended.startOffset();
    this.extendedEnd = extendedStart + extended.sizeBytes();
  }

  /**
   * Adds the partitions of the chain.
   *
   * @param first the number of the first
   * @return the number after that of the last
   */
  int read(int first) throws IOException {
    Set<Long> seen = new HashSet<>();
    int number = first;
    long at = extendedStart;
    while (at >= 0) {
      if (!seen.add(at)) {
        table.problem("the chain of logical partitions leads back to offset " + at);
        break;
      }
      if (seen.size() > MAX_SECTORS || number > TableBuilder.MAX_NUMBER) {
        table.problem("more logical partitions than Linux shows, which ends at number 255");
        break;
      }
      ByteBuffer sector = disk.read(at, MbrEntry.SECTOR_BYTES);
      if (sector == null || !MbrEntry.hasSignature(sector)) {
        table.problem("no table of a logical partition at offset " + at + ": the chain ends there");
        break;
      }
      List<MbrEntry> entries = MbrEntry.allOf(sector);
      number = partitions(entries, at, number);
      at = next(entries);
    }
    return number;
  }

  /** What is left out has a number all the same. */
  private int partitions(List<MbrEntry> entries, long at, int first) {
    int number = first;
    for (int i = 0; i < entries.size() && number <= TableBuilder.MAX_NUMBER; i++) {
      MbrEntry entry = entries.get(i);
      long start = at + entry.startOffset();
      boolean inside = start >= extendedStart && start + entry.sizeBytes() <= extendedEnd;
      if (!entry.isUsed() || entry.isExtended() || !(inside || i < REGULAR_ENTRIES)) {
        continue;
      }
      if (inside) {
        table.add(extendedStart, MbrTable.partition(number, start, entry.sizeBytes(), entry));
      } else {
        table.problem("partition " + number + " at offset " + start + " leaves the extended one");
      }
      number++;
    }
    return number;
  }

  /** Guest offset of the chain's next sector, or -1 at its end. */
  private long next(List<MbrEntry> entries) {
    for (MbrEntry entry : entries) {
      if (entry.isUsed() && entry.isExtended()) {
        long offset = extendedStart + entry.startOffset();
        if (offset < extendedEnd) {
          return offset;
        }
        table.problem("the chain of logical partitions leaves the extended one, to " + offset);
      }
    }
    return -1;
  }
}
