// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import io.github.vdiskfs.disk.VirtualDisk;
import io.github.vdiskfs.partition.Footprint;
import io.github.vdiskfs.partition.Partition;
import io.github.vdiskfs.partition.PartitionTable;
import io.github.vdiskfs.partition.TableReader;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What an image has beside its disk: partitions and internal snapshots. */
record Contents(PartitionTable table, List<SnapshotFile> snapshots) {
  /** Of an image that cannot be served. */
  static final Contents NONE = new Contents(noTable(List.of()), List.of());

  /** Reads the table of a disk; one that cannot be read is none. */
  static Contents read(VirtualDisk disk) {
    List<SnapshotFile> snapshots = SnapshotNames.of(disk.top());
    try {
      return new Contents(TableReader.read(disk), snapshots);
    } catch (IOException e) {
      return new Contents(noTable(List.of(String.valueOf(e.getMessage()))), snapshots);
    }
  }

  private static PartitionTable noTable(List<String> problems) {
    return new PartitionTable(
        PartitionTable.Scheme.NONE, 512, "", List.of(), problems, new Footprint());
  }

  boolean has(ImageFolder folder) {
    return switch (folder) {
      case PARTS -> !table.partitions().isEmpty();
      case SNAPSHOTS -> !snapshots.isEmpty();
    };
  }

  /** The names of a folder's files. */
  List<String> names(ImageFolder folder) {
    Stream<String> stems =
        switch (folder) {
          case PARTS -> table.partitions().stream().map(p -> ImageFolder.nameOfPart(p.number()));
          case SNAPSHOTS -> snapshots.stream().map(SnapshotFile::name);
        };
    return stems.map(stem -> stem + ImageDirectory.SUFFIX).toList();
  }

  Optional<Partition> find(View.Part part) {
    return table.find(part.number());
  }

  Optional<SnapshotFile> find(View.Snapshot snapshot) {
    return snapshots.stream().filter(s -> s.name().equals(snapshot.name())).findFirst();
  }

  /** What of a folder is left out, in words; empty for nothing. */
  String problems(ImageFolder folder) {
    return folder == ImageFolder.PARTS ? String.join("; ", table.problems()) : "";
  }

  /** Entries that are kept in memory. */
  int weight() {
    return 1 + table.partitions().size() + table.problems().size() + snapshots.size();
  }
}
