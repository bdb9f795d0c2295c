// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.Table;
import java.io.IOException;

/** Makes ranges read as zero by their table entries, and frees the clusters behind those. */
final class Zeroer {
  /** {@code -1}: every subcluster. */
  private static final int WHOLE = -1;

  private final Qcow2State state;
  private final Qcow2Layout layout;
  private final ActiveDisk active;
  private final WritableTables tables;
  private final Allocator allocator;
  private final boolean hasBacking;
  private final boolean rawExternal;

  Zeroer(Qcow2State state, ActiveDisk active, WritableTables tables, Allocator allocator) {
    Qcow2Header header = state.header();
    this.state = state;
    this.layout = state.layout();
    this.active = active;
    this.tables = tables;
    this.allocator = allocator;
    this.hasBacking = header.backingFileOffset() != 0;
    this.rawExternal =
        layout.externalData() && Features.RAW_EXTERNAL_DATA.in(header.autoclearFeatures());
  }

  /** As {@link io.github.vdiskfs.image.ImageWriter#zero}. */
  long zero(long guestOffset, long length) throws IOException {
    long done;
    synchronized (state.dirty()) {
      state.dirty().checkUsable();
      done = zeroEntries(guestOffset, length);
    }
    if (layout.externalData()) {
      state.data().storage().zero(guestOffset, done);
    }
    return done;
  }

  private long zeroEntries(long guestOffset, long length) throws IOException {
    if (hasBacking && !layout.zeroBit()) {
      return 0;
    }
    ClusterMap map = active.map();
    long l1Index = layout.l1Index(guestOffset);
    long l1Entry = map.tables().l1Page(l1Index).int64(l1Index);
    if (!hasBacking && Qcow2Layout.l2TableOffset(l1Entry) == 0) {
      return map.bytesWithoutL2(guestOffset, length);
    }
    long end = Math.min(guestOffset + length, layout.guestOffsetOfL1(l1Index + 1));
    return zeroEntriesOf(tables.l2(l1Index), guestOffset, end) - guestOffset;
  }

  /** Returns how far it came: up to what cannot be said by an entry. */
  private long zeroEntriesOf(Table l2, long start, long end) throws IOException {
    Unlinked unlinked = new Unlinked(state.clusterBits());
    long at = start;
    try {
      while (at < end) {
        long guestCluster = layout.clusterStart(at);
        if (!zeroEntry(l2, guestCluster, mask(guestCluster, start, end), at == start, unlinked)) {
          break;
        }
        at = Math.min(end, guestCluster + layout.clusterBytes());
      }
    } finally {
      allocator.dropWhenDurable(unlinked);
    }
    return at;
  }

  /** The subclusters that are meant; those behind the end of the disk do not matter. */
  private int mask(long guestCluster, long start, long end) {
    boolean toItsEnd = end == active.map().sizeBytes();
    long until = toItsEnd ? guestCluster + layout.clusterBytes() : end;
    return layout.subclusterMask(guestCluster, start, Math.max(end, until));
  }

  private boolean zeroEntry(Table l2, long guestCluster, int mask, boolean first, Unlinked unlinked)
      throws IOException {
    long l2Index = layout.l2Index(guestCluster);
    L2Entry before = active.map().entry(l2.page(l2Index), l2Index);
    L2Entry.Kind kind = before.kind(layout, 0, guestCluster);
    if (kind == L2Entry.Kind.INVALID && first) {
      throw ImageException.corrupt(
          state.storage(), l2.hostOffsetOf(l2Index), before.problem(layout, guestCluster));
    }
    if (kind == L2Entry.Kind.INVALID || (kind == L2Entry.Kind.COMPRESSED && mask != WHOLE)) {
      return false;
    }
    boolean nothingStored = !hasBacking && before.isEmpty();
    boolean zeroInFile = rawExternal && layout.hasCluster(before.descriptor());
    if (!nothingStored && !zeroInFile) {
      change(l2, l2Index, before, before.zeroed(layout, mask), unlinked);
    }
    return true;
  }

  private void change(Table l2, long l2Index, L2Entry before, L2Entry after, Unlinked unlinked)
      throws IOException {
    if (after.equals(before)) {
      return;
    }
    tables.put(l2, l2Index, after);
    if (after.hostOffset() == 0) {
      unlinked.add(layout, before.descriptor());
    }
  }
}
