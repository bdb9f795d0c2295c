// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.DirtyTables;
import io.github.vdiskfs.image.DirtyTables.Stage;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.Table;
import io.github.vdiskfs.image.TablePage;
import java.io.IOException;

/**
 * Changes the size of the disk; nobody else uses the disk meanwhile. A smaller disk has its size
 * durable before clusters behind its end are given up; a larger one has none there.
 */
final class Resizer {
  /** Sizes are whole sectors, as QEMU has them. */
  private static final long SECTOR_BYTES = 512;

  /** The most that tables may hold in memory before they are written. */
  private static final long MAX_DIRTY_BYTES = 16 << 20;

  private final Qcow2State state;
  private final Qcow2Layout layout;
  private final ActiveDisk active;
  private final WritableTables tables;
  private final Allocator allocator;
  private final Guard guard;

  Resizer(
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

  /** As {@link io.github.vdiskfs.image.ImageWriter#resize}; the size is rounded up to a sector. */
  void resize(long wantedBytes) throws IOException {
    long sizeBytes = rounded(wantedBytes);
    check(wantedBytes);
    long before = active.map().sizeBytes();
    if (sizeBytes < before) {
      setSize(sizeBytes);
      flush();
      discard(sizeBytes, Long.MAX_VALUE);
    } else if (sizeBytes > before) {
      if (layout.externalData()) {
        dropDataBehind(before);
      }
      discard(before, sizeBytes);
      growL1(layout.l1EntriesFor(sizeBytes));
      setSize(sizeBytes);
    }
    if (layout.externalData() && sizeBytes != before) {
      state.data().storage().truncate(sizeBytes);
    }
  }

  /** A crash can leave a data file longer than its disk, with bytes that must not come back. */
  private void dropDataBehind(long sizeBytes) throws IOException {
    if (state.data().storage().size() > sizeBytes) {
      state.data().storage().truncate(sizeBytes);
    }
  }

  private static long rounded(long wantedBytes) {
    return (wantedBytes + SECTOR_BYTES - 1) & -SECTOR_BYTES;
  }

  /** As {@link io.github.vdiskfs.image.ImageWriter#checkSize}. */
  void check(long wantedBytes) throws ImageException {
    long sizeBytes = rounded(wantedBytes);
    Qcow2Header header = state.header();
    if (header.version() == 2 && header.nbSnapshots() > 0) {
      throw fixed("a version 2 image with snapshots keeps its size");
    }
    if (wantedBytes < 0
        || sizeBytes < 0
        || layout.l1EntriesFor(sizeBytes) > Qcow2Header.MAX_L1_ENTRIES) {
      throw fixed("a disk of " + wantedBytes + " bytes is too large for its cluster size");
    }
  }

  private ImageException fixed(String reason) {
    return new ImageException(
        ImageException.Kind.FIXED_SIZE, state.storage().name() + ": " + reason);
  }

  private void flush() throws IOException {
    state.dirty().flush(state.files());
  }

  private void setSize(long sizeBytes) throws IOException {
    synchronized (state.dirty()) {
      state.patch().size(sizeBytes);
      active.become(active.map().resized(active.map().tables(), sizeBytes));
    }
  }

  /** Gives up every cluster that starts at guest offset {@code start} or behind, before the end. */
  private void discard(long start, long end) throws IOException {
    long from = (start + layout.clusterBytes() - 1) & -layout.clusterBytes();
    Qcow2Tables all = active.map().tables();
    long l1End = Math.min(all.l1Entries(), layout.l1EntriesFor(end));
    TablePage page = null;
    for (long l1Index = layout.l1Index(from); l1Index < l1End; l1Index++) {
      if (page == null || !page.contains(l1Index)) {
        page = all.l1Page(l1Index);
      }
      if (Qcow2Layout.l2TableOffset(page.int64(l1Index)) != 0) {
        synchronized (state.dirty()) {
          state.dirty().checkUsable();
          discardOne(l1Index, from, end);
        }
        if (state.dirty().dirtyBytes() > MAX_DIRTY_BYTES) {
          flush();
        }
      }
    }
  }

  private void discardOne(long l1Index, long from, long end) throws IOException {
    Unlinked unlinked = new Unlinked(state.clusterBits());
    long firstGuest = layout.guestOffsetOfL1(l1Index);
    if (from <= firstGuest && end >= layout.guestOffsetOfL1(l1Index + 1)) {
      unlinkTable(l1Index, unlinked);
    } else {
      unlinkEntries(l1Index, from, end, unlinked);
    }
    allocator.dropWhenDurable(unlinked);
  }

  private void unlinkEntries(long l1Index, long from, long end, Unlinked unlinked)
      throws IOException {
    ClusterMap map = active.map();
    long l1Entry = map.tables().l1Page(l1Index).int64(l1Index);
    Table l2 = map.tables().l2(l1Index, Qcow2Layout.l2TableOffset(l1Entry));
    long firstGuest = layout.guestOffsetOfL1(l1Index);
    long lastGuest = Math.min(end, layout.guestOffsetOfL1(l1Index + 1));
    for (long at = Math.max(from, firstGuest); at < lastGuest; at += layout.clusterBytes()) {
      long index = layout.l2Index(at);
      L2Entry entry = map.entry(l2.page(index), index);
      if (!entry.isEmpty()) {
        l2 = tables.l2(l1Index);
        tables.put(l2, index, new L2Entry(0, 0));
        unlinked.add(layout, entry.descriptor());
      }
    }
  }

  private void unlinkTable(long l1Index, Unlinked unlinked) throws IOException {
    Qcow2Tables all = active.map().tables();
    long l2Offset = Qcow2Layout.l2TableOffset(all.l1Page(l1Index).int64(l1Index));
    try {
      Table l2 = all.l2(l1Index, l2Offset);
      for (long index = 0; index < l2.entries(); index++) {
        unlinked.add(layout, l2.page(index).int64(index));
      }
    } catch (ImageException e) {
      // What cannot be read stays leaked.
      state.dirty().checkUsable();
    }
    unlinked.add(l2Offset, layout.clusterBytes());
    guard.remove(l2Offset, layout.clusterBytes());
    state.dirty().putInt64(Stage.ROOT, all.l1(), l1Index, 0);
  }

  /** Moves the L1 table to a larger one, where it is too small; all of it is durable then. */
  private void growL1(long needed) throws IOException {
    Qcow2Tables before = active.map().tables();
    if (needed <= before.l1Entries()) {
      return;
    }
    flush();
    long perCluster = state.entriesPerCluster();
    long clusters = (Math.max(needed, before.l1Entries() * 3 / 2) + perCluster - 1) / perCluster;
    long entries = Math.min(clusters * perCluster, Qcow2Header.MAX_L1_ENTRIES);
    long hostOffset = copyL1(before.l1(), clusters, entries);
    flush();
    synchronized (state.dirty()) {
      state.patch().l1(entries, hostOffset);
    }
    flush();
    synchronized (state.dirty()) {
      Qcow2Tables after =
          new Qcow2Tables(state.cache(), state.storage(), layout, hostOffset, entries);
      active.become(active.map().resized(after, active.map().sizeBytes()));
      free(before.l1());
    }
  }

  private long copyL1(Table before, long clusters, long entries) throws IOException {
    synchronized (state.dirty()) {
      DirtyTables dirty = state.dirty();
      dirty.checkUsable();
      long hostOffset = allocator.allocateTable(clusters).first() << state.clusterBits();
      Table after = state.table(hostOffset, entries);
      dirty.create(Stage.ROOT, after);
      for (long index = 0; index < before.entries(); index++) {
        long entry = before.page(index).int64(index);
        if (entry != 0) {
          dirty.putInt64(Stage.ROOT, after, index, entry);
        }
      }
      return hostOffset;
    }
  }

  private void free(Table l1) {
    long bytes = l1.entries() * Qcow2Layout.L1_ENTRY_BYTES;
    long hostOffset = l1.hostOffsetOf(0);
    guard.remove(hostOffset, bytes);
    Unlinked old = new Unlinked(state.clusterBits());
    old.add(hostOffset, bytes);
    allocator.dropWhenDurable(old);
  }
}
