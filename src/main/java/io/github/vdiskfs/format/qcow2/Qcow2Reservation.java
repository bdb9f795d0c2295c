// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.Reservation;
import io.github.vdiskfs.image.Table;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Host space for guest bytes of one L2 table; its changes to the tables are made under the lock.
 */
final class Qcow2Reservation implements Reservation {
  private final Qcow2State state;
  private final ClusterMap map;
  private final WritableTables tables;
  private final Allocator allocator;
  private final Table l2;
  private final long start;
  private final long end;
  private final long hostOffset;
  private final @Nullable ClusterRun fresh;
  private final boolean zeroed;
  private boolean published;

  /**
   * @param map the disk at this time
   * @param l2 the table, the disk's own, that all of the range is in
   * @param start first guest byte, a multiple of the unit
   * @param end behind the last guest byte
   * @param hostOffset of the first byte
   * @param fresh the new clusters, or null where they were the disk's before
   */
  Qcow2Reservation(
      Qcow2State state,
      ClusterMap map,
      WritableTables tables,
      Allocator allocator,
      Table l2,
      long start,
      long end,
      long hostOffset,
      @Nullable ClusterRun fresh) {
    this.state = state;
    this.map = map;
    this.tables = tables;
    this.allocator = allocator;
    this.l2 = l2;
    this.start = start;
    this.end = end;
    this.hostOffset = hostOffset;
    this.fresh = fresh;
    this.zeroed = fresh != null && fresh.first() << state.clusterBits() >= state.storage().size();
  }

  @Override
  public long guestOffset() {
    return start;
  }

  @Override
  public long length() {
    return end - start;
  }

  @Override
  public Storage storage() {
    return state.data().storage();
  }

  @Override
  public long hostOffset() {
    return hostOffset;
  }

  @Override
  public long hostLength() {
    long unit = 1L << state.layout().subclusterBits();
    return (length() + unit - 1) & -unit;
  }

  /** Nothing was ever written behind the end of the file. */
  @Override
  public boolean isZeroed() {
    return zeroed;
  }

  /** Where that fails half way, the clusters stay in use: a part of them may be linked. */
  @Override
  public void publish() throws IOException {
    synchronized (state.dirty()) {
      state.dirty().checkUsable();
      published = true;
      Unlinked unlinked = new Unlinked(state.clusterBits());
      Qcow2Layout layout = state.layout();
      long firstCluster = layout.clusterStart(start);
      long hostCluster = hostOffset - (start - firstCluster);
      try {
        for (long at = firstCluster; at < end; at += layout.clusterBytes()) {
          link(at, hostCluster + at - firstCluster, unlinked);
        }
      } finally {
        allocator.dropWhenDurable(unlinked);
      }
    }
  }

  private void link(long guestCluster, long hostCluster, Unlinked unlinked) throws IOException {
    Qcow2Layout layout = state.layout();
    long l2Index = layout.l2Index(guestCluster);
    L2Entry before = map.entry(l2.page(l2Index), l2Index);
    int mask = layout.subclusterMask(guestCluster, start, end);
    tables.put(l2, l2Index, before.written(layout, hostCluster, mask));
    if (fresh != null) {
      unlinked.add(layout, before.descriptor());
    }
  }

  @Override
  public void close() throws IOException {
    if (!published && fresh != null) {
      synchronized (state.dirty()) {
        if (!published) {
          allocator.giveBack(fresh);
        }
      }
    }
  }
}
