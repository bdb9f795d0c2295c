// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.DirtyTables;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.Table;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Finds host space for what is not in place. Guarded by the lock on {@link DirtyTables}.
 *
 * <p>A range gets a row of new host clusters; only a cluster that has one of its own already, with
 * no data in the range, keeps it. Where entries have subclusters, the range may start and end
 * inside a cluster, unless other subclusters of it have data that must move along.
 */
final class Reserver {
  private final Qcow2State state;
  private final Qcow2Layout layout;
  private final ActiveDisk active;
  private final WritableTables tables;
  private final Allocator allocator;
  private final Guard guard;

  Reserver(
      Qcow2State state,
      ActiveDisk active,
      WritableTables tables,
      Allocator allocator,
      Guard guard) {
    this.state = state;
    this.layout = state.layout();
    this.active = active;
    this.tables = tables;
    this.allocator = allocator;
    this.guard = guard;
  }

  /** As {@link io.github.vdiskfs.image.ImageWriter#reserve}. */
  Qcow2Reservation reserve(long guestOffset, long length) throws IOException {
    long l1Index = layout.l1Index(guestOffset);
    Table l2 = tables.l2(l1Index);
    long end = Math.min(guestOffset + length, layout.guestOffsetOfL1(l1Index + 1));
    L2Entry first = sound(l2, guestOffset);
    if (layout.externalData()) {
      return external(l2, guestOffset, end);
    }
    if (isReusable(first, guestOffset)) {
      return reuse(l2, first, guestOffset, end);
    }
    return allocate(l2, guestOffset, end);
  }

  private L2Entry entry(Table l2, long guestOffset) throws IOException {
    long l2Index = layout.l2Index(guestOffset);
    return active.map().entry(l2.page(l2Index), l2Index);
  }

  private L2Entry sound(Table l2, long guestOffset) throws IOException {
    L2Entry entry = entry(l2, guestOffset);
    if (isInvalid(entry, guestOffset)) {
      throw ImageException.corrupt(
          state.storage(),
          l2.hostOffsetOf(layout.l2Index(guestOffset)),
          entry.problem(layout, layout.clusterStart(guestOffset)));
    }
    return entry;
  }

  private boolean isInvalid(L2Entry entry, long guestOffset) {
    int subcluster = layout.subcluster(guestOffset);
    return entry.kind(layout, subcluster, layout.clusterStart(guestOffset)) == L2Entry.Kind.INVALID;
  }

  private boolean isReusable(L2Entry entry, long guestOffset) {
    int subcluster = layout.subcluster(guestOffset);
    return entry.isReusable(layout, subcluster, layout.clusterStart(guestOffset))
        && entry.hostOffset() <= state.storage().size();
  }

  /** In the external data file every byte has its place. */
  private Qcow2Reservation external(Table l2, long guestOffset, long end) throws IOException {
    long stop = end;
    for (long at = nextCluster(guestOffset); at < end; at = nextCluster(at)) {
      if (isInvalid(entry(l2, at), at)) {
        stop = at;
        break;
      }
    }
    return reservation(l2, guestOffset, stop, guestOffset, null);
  }

  private Qcow2Reservation reuse(Table l2, L2Entry entry, long guestOffset, long end)
      throws IOException {
    long guestCluster = layout.clusterStart(guestOffset);
    long hostCluster = entry.hostOffset();
    guard.checkFree(
        new ClusterRun(hostCluster >>> state.clusterBits(), 1), "a write into a reserved cluster");
    long stop = Math.min(end, guestCluster + layout.clusterBytes());
    return reservation(l2, guestOffset, stop, hostCluster + guestOffset - guestCluster, null);
  }

  private Qcow2Reservation allocate(Table l2, long guestOffset, long end) throws IOException {
    long start = startOfMove(l2, guestOffset);
    long guestCluster = layout.clusterStart(start);
    ClusterRun run = allocator.allocate(clustersToMove(l2, guestCluster, end));
    long stop = Math.min(end, guestCluster + (run.count() << state.clusterBits()));
    long hostCluster = run.first() << state.clusterBits();
    return reservation(l2, start, endOfMove(l2, stop), hostCluster + start - guestCluster, run);
  }

  private long startOfMove(Table l2, long guestOffset) throws IOException {
    return entry(l2, guestOffset).mustMoveWhole(layout)
        ? layout.clusterStart(guestOffset)
        : guestOffset;
  }

  private long endOfMove(Table l2, long end) throws IOException {
    if (layout.isAligned(end) || !entry(l2, end - 1).mustMoveWhole(layout)) {
      return end;
    }
    return Math.min(nextCluster(end - 1), active.map().sizeBytes());
  }

  private long nextCluster(long guestOffset) {
    return layout.clusterStart(guestOffset) + layout.clusterBytes();
  }

  /** Clusters from {@code guestCluster} up to {@code end} that need new host space. */
  private long clustersToMove(Table l2, long guestCluster, long end) throws IOException {
    long at = nextCluster(guestCluster);
    while (at < end) {
      L2Entry entry = entry(l2, at);
      if (isInvalid(entry, at) || isReusable(entry, at)) {
        break;
      }
      at = nextCluster(at);
    }
    return (at - guestCluster) >>> state.clusterBits();
  }

  private Qcow2Reservation reservation(
      Table l2, long start, long end, long hostOffset, @Nullable ClusterRun run) {
    return new Qcow2Reservation(
        state, active.map(), tables, allocator, l2, start, end, hostOffset, run);
  }
}
