// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.Table;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Knows the host clusters with metadata, and stops all writing where a damaged image would have
 * guest data or a new cluster land on one: the image is marked as corrupt, and keeps what was
 * written so far.
 *
 * <p>What belongs to snapshots and bitmaps never changes while the image is open, and so is kept
 * apart from what the disk makes and gives up: a snapshot's L2 table may be the disk's as well.
 */
final class Guard {
  /**
   * The most clusters of metadata that an image may have to be written: 32 MiB of memory. Enough
   * for 1 PiB of disk with clusters of 64 KiB.
   */
  private static final int MAX_CLUSTERS = 1 << 21;

  /** The most entries of tables of snapshots and bitmaps: 128 MiB to be read. */
  private static final long MAX_ENTRIES = 1 << 24;

  private final Qcow2State state;

  /** The disk's own: header, tables, refcounts, and the list of snapshots. */
  private final LongSet metadata = new LongSet();

  /** What is of snapshots and bitmaps. */
  private final LongSet others = new LongSet();

  /** Table entries of snapshots and bitmaps that were looked at. */
  private long entriesSeen;

  private volatile @Nullable ImageException stopped;

  private Guard(Qcow2State state) {
    this.state = state;
  }

  /** Collects the metadata of an image: one look at all tables that lead to other tables. */
  static Guard of(Qcow2State state, SnapshotTable snapshots) throws IOException {
    Guard guard = new Guard(state);
    Qcow2Header header = state.header();
    guard.addTables(state.table(header.l1TableOffset(), header.l1Size()));
    for (SnapshotTable.Snapshot snapshot : snapshots.all()) {
      snapshot.check(state.storage(), header);
      guard.addOthers(state.table(snapshot.l1TableOffset(), snapshot.l1Size()));
    }
    guard.addFirst(0, header.clusterBytes());
    guard.addFirst(header.l1TableOffset(), header.l1Size() * Qcow2Layout.L1_ENTRY_BYTES);
    long refcountTableBytes = header.refcountTableClusters() * header.clusterBytes();
    guard.addFirst(header.refcountTableOffset(), refcountTableBytes);
    guard.addTables(state.table(header.refcountTableOffset(), refcountTableBytes / Long.BYTES));
    guard.addFirst(header.snapshotsOffset(), snapshots.sizeBytes());
    for (SnapshotTable.Snapshot snapshot : snapshots.all()) {
      guard.addFirst(snapshot.l1TableOffset(), snapshot.l1Size() * Qcow2Layout.L1_ENTRY_BYTES);
    }
    HeaderExtensions.Bitmaps bitmaps = HeaderExtensions.read(state.storage(), header).bitmaps();
    if (bitmaps != null) {
      guard.addBitmaps(bitmaps);
    }
    return guard;
  }

  /** Adds the tables that entries point to; entries of both kinds have them in the same bits. */
  private void addTables(Table roots) throws IOException {
    for (long index = 0; index < roots.entries(); index++) {
      long hostOffset = Qcow2Layout.l2TableOffset(roots.page(index).int64(index));
      if (hostOffset != 0) {
        addFirst(hostOffset, state.header().clusterBytes());
      }
    }
  }

  /** Adds what entries of a snapshot's or bitmap's table point to; they may share it. */
  private void addOthers(Table roots) throws IOException {
    entriesSeen += roots.entries();
    if (entriesSeen > MAX_ENTRIES) {
      throw tooMuch(MAX_ENTRIES + " entries in tables of snapshots and bitmaps");
    }
    for (long index = 0; index < roots.entries(); index++) {
      long hostOffset = Qcow2Layout.l2TableOffset(roots.page(index).int64(index));
      if (hostOffset != 0) {
        add(others, hostOffset, state.header().clusterBytes());
      }
    }
  }

  private void addBitmaps(HeaderExtensions.Bitmaps bitmaps) throws IOException {
    addFirst(bitmaps.directoryOffset(), bitmaps.directoryBytes());
    BitmapDirectory.forEachTable(
        state.storage(),
        bitmaps,
        (tableOffset, entries) -> {
          addFirst(tableOffset, entries * Long.BYTES);
          addOthers(state.table(tableOffset, entries));
        });
  }

  /** Adds what the image brought along: to write tables that overlap would destroy them. */
  private void addFirst(long hostOffset, long bytes) throws ImageException {
    if (bytes <= 0) {
      return;
    }
    ClusterRun run = ClusterRun.touchedBy(hostOffset, bytes, state.clusterBits());
    for (long cluster = run.first(); cluster < run.end(); cluster++) {
      if (isTaken(cluster)) {
        throw new ImageException(
            ImageException.Kind.READ_ONLY,
            state.storage().name()
                + ": is corrupt and served read-only: the table at host offset "
                + hostOffset
                + " overlaps other metadata");
      }
      add(metadata, cluster << state.clusterBits(), 1);
    }
  }

  /** A range of host bytes is metadata from now on. */
  void add(long hostOffset, long bytes) throws ImageException {
    add(metadata, hostOffset, bytes);
  }

  private void add(LongSet set, long hostOffset, long bytes) throws ImageException {
    if (bytes > 0) {
      ClusterRun run = ClusterRun.touchedBy(hostOffset, bytes, state.clusterBits());
      for (long cluster = run.first(); cluster < run.end(); cluster++) {
        set.add(cluster);
        if (metadata.size() + others.size() > MAX_CLUSTERS) {
          throw tooMuch(MAX_CLUSTERS + " clusters of metadata");
        }
      }
    }
  }

  private ImageException tooMuch(String what) {
    return new ImageException(
        ImageException.Kind.READ_ONLY,
        state.storage().name() + ": has more than " + what + " and is served read-only");
  }

  /** A range of host bytes is free, or a snapshot's alone, from now on. */
  void remove(long hostOffset, long bytes) {
    if (bytes > 0) {
      ClusterRun run = ClusterRun.touchedBy(hostOffset, bytes, state.clusterBits());
      for (long cluster = run.first(); cluster < run.end(); cluster++) {
        metadata.remove(cluster);
      }
    }
  }

  /**
   * Fails where writing was stopped before.
   *
   * @throws ImageException with the reason
   */
  void checkRunning() throws ImageException {
    ImageException reason = stopped;
    if (reason != null) {
      throw new ImageException(
          ImageException.Kind.READ_ONLY, String.valueOf(reason.getMessage()), reason);
    }
  }

  boolean isMetadata(long cluster) {
    return metadata.contains(cluster);
  }

  /** True where a reference to the cluster is not the disk's. */
  boolean isOthers(long cluster) {
    return others.contains(cluster);
  }

  private boolean isTaken(long cluster) {
    return metadata.contains(cluster) || others.contains(cluster);
  }

  /** Stops where one of the clusters is metadata; {@code what} they are about to become. */
  void checkFree(ClusterRun run, String what) throws ImageException {
    for (long cluster = run.first(); cluster < run.end(); cluster++) {
      if (isTaken(cluster)) {
        throw stop(cluster << state.clusterBits(), what + " would overwrite metadata");
      }
    }
  }

  /** Stops all writing and marks the image as corrupt, where its version knows such a mark. */
  private ImageException stop(long hostOffset, String problem) {
    ImageException reason =
        ImageException.corrupt(
            state.storage(), hostOffset, problem + "; the image is corrupt and now read-only");
    stopped = reason;
    Qcow2Header header = state.header();
    if (header.version() >= 3) {
      try {
        state.patch().incompatibleFeatures(Features.CORRUPT.with(header.incompatibleFeatures()));
      } catch (IOException e) {
        reason.addSuppressed(e);
      }
    }
    return reason;
  }
}
