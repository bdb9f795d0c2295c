// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.SnapshotInfo;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The internal snapshots ("Snapshots"), each with an L1 table of its own. */
final class SnapshotTable {
  /**
   * What is read of the table is kept in memory; QEMU's limit of 64 MiB would let a few images fill
   * it. Room for all 65536 snapshots with names of 60 bytes.
   */
  private static final long MAX_TABLE_BYTES = 8 << 20;

  /** QEMU's limit of the fields that later revisions add to an entry; 24 bytes are defined. */
  private static final long MAX_EXTRA_BYTES = 1024;

  /** What the largest L1 table with the largest clusters covers. */
  private static final long MAX_DISK_BYTES = 1L << 61;

  private static final long NO_ICOUNT = -1;

  /**
   * One snapshot.
   *
   * @param l1TableOffset host offset of its L1 table; not checked yet
   * @param l1Size entries of that table; not checked yet
   */
  record Snapshot(SnapshotInfo info, long l1TableOffset, long l1Size) {
    /** Checks what only a reader of the snapshot relies on. */
    void check(Storage storage, Qcow2Header header) throws ImageException {
      header.checkL1(
          storage, "snapshot's l1_size", l1Size, "snapshot's l1_table_offset", l1TableOffset);
      if (info.virtualSize() < 0 || info.virtualSize() > MAX_DISK_BYTES) {
        throw ImageException.badField(
            storage,
            "snapshot's disk size",
            Long.toUnsignedString(info.virtualSize()),
            "at most " + MAX_DISK_BYTES);
      }
    }
  }

  private final List<Snapshot> snapshots;
  private final long sizeBytes;

  private SnapshotTable(List<Snapshot> snapshots, long sizeBytes) {
    this.snapshots = List.copyOf(snapshots);
    this.sizeBytes = sizeBytes;
  }

  /** Reads the table of an image, which may have no entries. */
  static SnapshotTable read(Storage storage, Qcow2Header header) throws IOException {
    long start = header.snapshotsOffset();
    long end = Math.min(storage.size(), start + MAX_TABLE_BYTES);
    FieldReader in = new FieldReader(storage, "snapshot table", start, end);
    List<Snapshot> snapshots = new ArrayList<>();
    for (long i = 0; i < header.nbSnapshots(); i++) {
      in.alignFrom(start);
      snapshots.add(entry(storage, in, header.virtualSize()));
    }
    return new SnapshotTable(snapshots, in.position() - start);
  }

  private static Snapshot entry(Storage storage, FieldReader in, long activeSize)
      throws IOException {
    long at = in.position();
    long l1TableOffset = in.u64();
    long l1Size = in.u32();
    int idBytes = in.u16();
    int nameBytes = in.u16();
    long seconds = in.u32();
    int nanos = (int) in.u32();
    long clockNanos = in.u64();
    long stateBytes = in.u32();
    long extraBytes = in.u32();
    if (extraBytes > MAX_EXTRA_BYTES) {
      throw ImageException.corrupt(
          storage,
          at,
          "snapshot has " + extraBytes + " extra bytes, expected at most " + MAX_EXTRA_BYTES);
    }
    long extraEnd = in.position() + extraBytes;
    long largeStateBytes = extraBytes >= 8 ? in.u64() : stateBytes;
    long sizeBytes = extraBytes >= 16 ? in.u64() : activeSize;
    long icount = extraBytes >= 24 ? in.u64() : NO_ICOUNT;
    in.skip(extraEnd - in.position());
    String id = in.text(idBytes);
    String name = in.text(nameBytes);
    SnapshotInfo info =
        new SnapshotInfo(id, name, largeStateBytes, seconds, nanos, clockNanos, icount, sizeBytes);
    return new Snapshot(info, l1TableOffset, l1Size);
  }

  /** Bytes of the table. */
  long sizeBytes() {
    return sizeBytes;
  }

  /** All snapshots in the order of the table, with where their tables are. */
  List<Snapshot> all() {
    return snapshots;
  }

  /** All snapshots in the order of the table. */
  List<SnapshotInfo> infos() {
    return snapshots.stream().map(Snapshot::info).toList();
  }

  /** The snapshot with this ID, else the first with this name. */
  Optional<Snapshot> find(String nameOrId) {
    return snapshots.stream()
        .filter(s -> s.info().id().equals(nameOrId))
        .findFirst()
        .or(() -> snapshots.stream().filter(s -> s.info().name().equals(nameOrId)).findFirst());
  }
}
