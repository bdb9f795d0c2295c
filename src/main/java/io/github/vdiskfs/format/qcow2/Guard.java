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
 * <p>The L2 tables of snapshots are not among them; as their clusters' entries are never flagged as
 * the disk's own, no sound image has them written to.
 */
final class Guard {
  /**
   * The most clusters of metadata that an image may have to be written: 32 MiB of memory. Enough
   * for 1 PiB of disk with clusters of 64 KiB.
   */
  private static final int MAX_CLUSTERS = 1 << 21;

  private final Qcow2State state;
  private final LongSet metadata = new LongSet();
  private volatile @Nullable ImageException stopped;

  private Guard(Qcow2State state) {
    this.state = state;
  }

  /** Collects the metadata of an image: one look at its L1 table and its refcount table. */
  static Guard of(Qcow2State state, SnapshotTable snapshots) throws IOException {
    Guard guard = new Guard(state);
    Qcow2Header header = state.header();
    guard.addFirst(0, header.clusterBytes());
    guard.addFirst(header.l1TableOffset(), header.l1Size() * Qcow2Layout.L1_ENTRY_BYTES);
    guard.addTables(state.table(header.l1TableOffset(), header.l1Size()));
    long refcountTableBytes = header.refcountTableClusters() * header.clusterBytes();
    guard.addFirst(header.refcountTableOffset(), refcountTableBytes);
    guard.addTables(state.table(header.refcountTableOffset(), refcountTableBytes / Long.BYTES));
    guard.addFirst(header.snapshotsOffset(), snapshots.sizeBytes());
    for (SnapshotTable.Snapshot snapshot : snapshots.all()) {
      snapshot.check(state.storage(), header);
      guard.addFirst(snapshot.l1TableOffset(), snapshot.l1Size() * Qcow2Layout.L1_ENTRY_BYTES);
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

  /** Adds what the image brought along: to write tables that overlap would destroy them. */
  private void addFirst(long hostOffset, long bytes) throws ImageException {
    int expected = metadata.size();
    if (bytes > 0) {
      expected += (int) ClusterRun.touchedBy(hostOffset, bytes, state.clusterBits()).count();
    }
    add(hostOffset, bytes);
    if (metadata.size() != expected) {
      throw new ImageException(
          ImageException.Kind.READ_ONLY,
          state.storage().name()
              + ": is corrupt and served read-only: the table at host offset "
              + hostOffset
              + " overlaps other metadata");
    }
  }

  /** A range of host bytes is metadata from now on. */
  void add(long hostOffset, long bytes) throws ImageException {
    if (bytes > 0) {
      ClusterRun run = ClusterRun.touchedBy(hostOffset, bytes, state.clusterBits());
      for (long cluster = run.first(); cluster < run.end(); cluster++) {
        metadata.add(cluster);
        checkCount();
      }
    }
  }

  private void checkCount() throws ImageException {
    if (metadata.size() > MAX_CLUSTERS) {
      throw new ImageException(
          ImageException.Kind.READ_ONLY,
          state.storage().name()
              + ": has more than "
              + MAX_CLUSTERS
              + " clusters of metadata and is served read-only");
    }
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

  /** Stops where one of the clusters is metadata; {@code what} they are about to become. */
  void checkFree(ClusterRun run, String what) throws ImageException {
    for (long cluster = run.first(); cluster < run.end(); cluster++) {
      if (metadata.contains(cluster)) {
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
