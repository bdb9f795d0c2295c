// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import io.github.vdiskfs.disk.Slice;
import io.github.vdiskfs.disk.VirtualDisk;
import io.github.vdiskfs.partition.PartitionTable.Scheme;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is on a disk.
 *
 * @param table its partition table, of scheme {@code NONE} where it has none
 * @param whole what the disk as a whole holds
 * @param parts the table's partitions in its order, each with what it holds
 */
public record DiskContents(PartitionTable table, Optional<Content> whole, List<Part> parts) {
  private static final String OLD_RAID = "linux_raid_member";

  /**
   * A partition and what it holds.
   *
   * @param content empty where no signature is known, or it could not be looked at
   * @param problem why it could not be looked at, or empty
   */
  public record Part(Partition partition, Optional<Content> content, String problem) {}

  public DiskContents {
    parts = List.copyOf(parts);
  }

  /** True where there is a partition table. */
  public boolean isPartitioned() {
    return table.scheme() != Scheme.NONE;
  }

  /**
   * Looks at a disk. Each partition takes some short reads; of one that cannot be read, that is
   * said.
   *
   * @param patience when it is over, no further partition is looked into
   * @throws IOException where the table or the disk's first bytes cannot be read
   */
  public static DiskContents read(VirtualDisk disk, Duration patience) throws IOException {
    long start = System.nanoTime();
    PartitionTable table = TableReader.read(disk);
    Optional<Content> whole = ContentProbe.probe(disk);
    if (table.partitions().isEmpty()) {
      return new DiskContents(whole.isEmpty() ? table : without(table), whole, List.of());
    }
    List<Part> parts = new ArrayList<>();
    for (Partition partition : table.partitions()) {
      boolean late = System.nanoTime() - start > patience.toNanos();
      parts.add(
          late
              ? unseen(partition, "not looked into: the others took too long")
              : look(disk, partition));
    }
    return new DiskContents(table, whole.filter(content -> isOfDisk(content, parts)), parts);
  }

  /** A boot sector looks like a table without partitions. */
  private static PartitionTable without(PartitionTable table) {
    return new PartitionTable(
        Scheme.NONE, table.sectorBytes(), "", List.of(), table.problems(), table.readFrom());
  }

  /** The superblock of a RAID in the disk's last partition stands where that of the disk would. */
  private static boolean isOfDisk(Content whole, List<Part> parts) {
    return !whole.type().equals(OLD_RAID)
        || parts.stream().noneMatch(part -> part.content().equals(Optional.of(whole)));
  }

  private static Part look(VirtualDisk disk, Partition partition) {
    try {
      Slice slice = new Slice(disk, partition.startOffset(), partition.sizeBytes());
      return new Part(partition, ContentProbe.probe(slice), "");
    } catch (IOException e) {
      return unseen(partition, String.valueOf(e.getMessage()));
    }
  }

  private static Part unseen(Partition partition, String problem) {
    return new Part(partition, Optional.empty(), problem);
  }
}
