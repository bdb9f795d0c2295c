// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects partitions and sees to it that each lies within the disk and beside its neighbours. */
final class TableBuilder {
  /** The most partitions that Linux gives a disk, and the most that are looked at here. */
  static final int MAX_NUMBER = 255;

  /** More problems than this say nothing new. */
  private static final int MAX_PROBLEMS = 16;

  private final long diskBytes;
  private final List<Partition> partitions = new ArrayList<>();
  private final Map<Object, List<Partition>> neighbours = new HashMap<>();
  private final List<String> problems = new ArrayList<>();

  TableBuilder(long diskBytes) {
    this.diskBytes = diskBytes;
  }

  /** Notes something that is wrong with the table. */
  void problem(String words) {
    if (problems.size() < MAX_PROBLEMS) {
      problems.add(words);
    }
  }

  /**
   * Checks the range of a partition. What begins behind the end of the disk, or overlaps another of
   * its group, is left out; what ends behind the end of the disk is cut off there.
   *
   * @param group those that may not overlap each other
   * @return the partition as it lies on the disk, which is not in the table yet; null where it has
   *     no place
   */
  @Nullable Partition place(Object group, Partition wanted) {
    String name = "partition " + wanted.number();
    if (wanted.startOffset() < 0 || wanted.startOffset() >= diskBytes || wanted.sizeBytes() <= 0) {
      problem(name + " lies at " + range(wanted) + ", outside the disk of " + diskBytes + " bytes");
      return null;
    }
    Partition inside = cutOff(wanted, name);
    List<Partition> others = neighbours.computeIfAbsent(group, key -> new ArrayList<>());
    for (Partition other : others) {
      if (inside.startOffset() < other.endOffset() && other.startOffset() < inside.endOffset()) {
        problem(name + " at " + range(inside) + " overlaps partition " + other.number());
        return null;
      }
    }
    others.add(inside);
    return inside;
  }

  /** As {@link #place}, and adds it to the table. */
  void add(Object group, Partition wanted) {
    Partition placed = place(group, wanted);
    if (placed != null) {
      show(placed);
    }
  }

  /** Adds a partition, or a part of one, that has its place. */
  void show(Partition placed) {
    partitions.add(placed);
  }

  private Partition cutOff(Partition wanted, String name) {
    long room = diskBytes - wanted.startOffset();
    if (wanted.sizeBytes() <= room) {
      return wanted;
    }
    problem(name + " at " + range(wanted) + " is cut off where the disk ends, at " + diskBytes);
    return wanted.resized(room);
  }

  private static String range(Partition p) {
    return "offset " + p.startOffset() + ", length " + p.sizeBytes();
  }

  /** The table. */
  PartitionTable build(PartitionTable.Scheme scheme, int sectorBytes, String id, Footprint from) {
    return new PartitionTable(scheme, sectorBytes, id, partitions, problems, from);
  }
}
