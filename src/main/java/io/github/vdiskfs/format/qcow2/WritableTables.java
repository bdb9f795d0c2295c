// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.DirtyTables;
import io.github.vdiskfs.image.DirtyTables.Stage;
import io.github.vdiskfs.image.Table;
import io.github.vdiskfs.image.TablePage;
import java.io.IOException;
import java.lang.invoke.VarHandle;

/**
 * The L2 tables of the active disk for changing: missing ones are made, and those shared with a
 * snapshot are copied first. Guarded by the lock on {@link DirtyTables}.
 */
final class WritableTables {
  private final Qcow2State state;
  private final ActiveDisk active;
  private final Refcounts refcounts;
  private final Allocator allocator;
  private final Guard guard;

  WritableTables(
      Qcow2State state, ActiveDisk active, Refcounts refcounts, Allocator allocator, Guard guard) {
    this.state = state;
    this.active = active;
    this.refcounts = refcounts;
    this.allocator = allocator;
    this.guard = guard;
  }

  /** The table of an L1 entry, which belongs to the active disk alone from here on. */
  Table l2(long l1Index) throws IOException {
    Qcow2Tables tables = active.map().tables();
    long l1Entry = tables.l1Page(l1Index).int64(l1Index);
    long l2Offset = Qcow2Layout.l2TableOffset(l1Entry);
    if (l2Offset == 0) {
      return link(l1Index, new long[0]);
    }
    Table there = tables.l2(l1Index, l2Offset);
    return Qcow2Layout.isCopied(l1Entry) ? there : copy(l1Index, l2Offset, there);
  }

  private Table copy(long l1Index, long l2Offset, Table shared) throws IOException {
    Table own = link(l1Index, wordsOf(shared));
    guard.remove(l2Offset, state.header().clusterBytes());
    Unlinked old = new Unlinked(state.clusterBits());
    old.add(l2Offset, state.header().clusterBytes());
    allocator.dropWhenDurable(old);
    return own;
  }

  /** The words of a table's entries, with their "copied" flags set anew from the refcounts. */
  private long[] wordsOf(Table shared) throws IOException {
    Qcow2Layout layout = state.layout();
    int wordsPerEntry = layout.l2EntryBytes() / Long.BYTES;
    long[] words = new long[(int) shared.entries() * wordsPerEntry];
    for (int index = 0; index < shared.entries(); index++) {
      TablePage page = shared.page(index);
      words[index * wordsPerEntry] = withCopied(layout, page.int64(index));
      if (layout.extendedL2()) {
        words[index * wordsPerEntry + 1] = page.int64(index, Long.BYTES);
      }
    }
    return words;
  }

  private long withCopied(Qcow2Layout layout, long descriptor) throws IOException {
    if (Qcow2Layout.isCompressed(descriptor)
        || layout.externalData()
        || !layout.hasCluster(descriptor)) {
      return descriptor;
    }
    long cluster = Qcow2Layout.clusterOffset(descriptor) >>> state.clusterBits();
    return Qcow2Layout.withCopied(descriptor, refcounts.get(cluster) == 1);
  }

  /** Makes a table of these words, and zeroes behind them, and links it. */
  private Table link(long l1Index, long[] words) throws IOException {
    Qcow2Tables tables = active.map().tables();
    long hostOffset = allocator.allocateTable(1).first() << state.clusterBits();
    Table l2 = tables.l2(l1Index, hostOffset);
    DirtyTables dirty = state.dirty();
    dirty.create(Stage.MAPPING, l2);
    int wordsPerEntry = state.layout().l2EntryBytes() / Long.BYTES;
    for (int i = 0; i < words.length; i++) {
      if (words[i] != 0) {
        int at = i % wordsPerEntry * Long.BYTES;
        dirty.putInt64(Stage.MAPPING, l2, i / wordsPerEntry, at, words[i]);
      }
    }
    VarHandle.releaseFence(); // readers without a lock see the entries where they see the table
    dirty.putInt64(Stage.ROOT, tables.l1(), l1Index, Qcow2Layout.copiedEntry(hostOffset));
    return l2;
  }

  /** Changes an entry of a table that {@link #l2} gave. */
  void put(Table l2, long l2Index, L2Entry entry) throws IOException {
    state.dirty().putInt64(Stage.MAPPING, l2, l2Index, entry.descriptor());
    if (state.layout().extendedL2()) {
      state.dirty().putInt64(Stage.MAPPING, l2, l2Index, Long.BYTES, entry.bitmap());
    }
  }
}
