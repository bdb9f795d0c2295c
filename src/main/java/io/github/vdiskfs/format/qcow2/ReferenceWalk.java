// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.CheckReport;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.Table;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Goes through everything in an image file that refers to host clusters. An L2 table that snapshots
 * share is looked at once, however many they are.
 */
final class ReferenceWalk {
  /** Hears of the references. */
  interface Sink {
    /** Something refers to a range of host bytes, so many times. */
    void reference(long hostOffset, long bytes, boolean isMetadata, int times);
  }

  /** Bits of an L1 entry that are to be zero: 0 to 8 and 56 to 62. */
  private static final long L1_RESERVED = 0x7F00_0000_0000_01FFL;

  /**
   * The most L2 tables that are kept in mind: 24 MiB; tables beyond are looked at once for each
   * snapshot.
   */
  private static final int MAX_SHARED_TABLES = 1 << 20;

  private final Qcow2State state;
  private final SnapshotTable snapshots;
  private final HeaderExtensions.@Nullable Bitmaps bitmaps;
  private final Refcounts refcounts;
  private final CheckReport report;
  private final EntryCheck entries;
  private final Sink sink;

  /** How often snapshots refer to each L2 table that was not looked at yet. */
  private final LongCounts shared = new LongCounts(MAX_SHARED_TABLES);

  /**
   * @param bitmaps where the persistent bitmaps are, or null
   * @param report hears what is wrong by itself
   * @param entries what is done with each L2 entry
   */
  ReferenceWalk(
      Qcow2State state,
      SnapshotTable snapshots,
      HeaderExtensions.@Nullable Bitmaps bitmaps,
      Refcounts refcounts,
      CheckReport report,
      EntryCheck entries,
      Sink sink) {
    this.state = state;
    this.snapshots = snapshots;
    this.bitmaps = bitmaps;
    this.refcounts = refcounts;
    this.report = report;
    this.entries = entries;
    this.sink = sink;
  }

  /** All but the refcount structures. */
  void guestTables() throws IOException {
    Qcow2Header header = state.header();
    sink.reference(0, header.clusterBytes(), true, 1);
    countShared();
    l1(header.l1TableOffset(), header.l1Size(), true);
    for (SnapshotTable.Snapshot snapshot : snapshots.all()) {
      snapshot(snapshot);
    }
    sink.reference(header.snapshotsOffset(), snapshots.sizeBytes(), true, 1);
    if (bitmaps != null) {
      bitmaps(bitmaps);
    }
  }

  /**
   * The refcount table and its blocks; true where all of it is sound.
   *
   * @param damage hears of what is not
   */
  boolean refcountTables(Consumer<String> damage) throws IOException {
    Qcow2Header header = state.header();
    long tableBytes = header.refcountTableClusters() * header.clusterBytes();
    sink.reference(header.refcountTableOffset(), tableBytes, true, 1);
    boolean sound = true;
    for (long index = 0; index < refcounts.tableEntries(); index++) {
      long entry;
      try {
        entry = refcounts.tableEntry(index);
      } catch (ImageException e) {
        damage.accept(String.valueOf(e.getMessage()));
        return false;
      }
      sound &= refcountBlock(index, entry, damage);
    }
    return sound;
  }

  private boolean refcountBlock(long index, long entry, Consumer<String> damage)
      throws IOException {
    if (entry == 0) {
      return true;
    }
    if (!state.layout().isAligned(entry)) {
      damage.accept(
          String.format("refcount table entry %d (0x%016x) is not cluster aligned", index, entry));
      return false;
    }
    if (entry < 0 || entry >= state.storage().size()) {
      damage.accept(
          String.format("refcount block %d (0x%016x) is outside of the file", index, entry));
      return false;
    }
    sink.reference(entry, state.header().clusterBytes(), true, 1);
    return true;
  }

  private void snapshot(SnapshotTable.Snapshot snapshot) throws IOException {
    try {
      snapshot.check(state.storage(), state.header());
    } catch (ImageException e) {
      report.corruption("snapshot " + snapshot.info().id() + ": " + e.getMessage());
      return;
    }
    l1(snapshot.l1TableOffset(), snapshot.l1Size(), false);
  }

  private void l1(long l1TableOffset, long l1Size, boolean active) throws IOException {
    sink.reference(l1TableOffset, l1Size * Qcow2Layout.L1_ENTRY_BYTES, true, 1);
    Qcow2Tables tables =
        new Qcow2Tables(state.cache(), state.storage(), state.layout(), l1TableOffset, l1Size);
    for (long l1Index = 0; l1Index < l1Size; l1Index++) {
      long l1Entry;
      try {
        l1Entry = tables.l1Page(l1Index).int64(l1Index);
      } catch (ImageException e) {
        report.corruption(String.valueOf(e.getMessage()));
        return;
      }
      if (l1Entry != 0) {
        l1Entry(tables, l1Index, l1Entry, active);
      }
      report.progress(l1Index, l1Size);
    }
  }

  /** Counts the references of all snapshots to L2 tables. */
  private void countShared() throws IOException {
    for (SnapshotTable.Snapshot snapshot : snapshots.all()) {
      try {
        snapshot.check(state.storage(), state.header());
        Table l1 = state.table(snapshot.l1TableOffset(), snapshot.l1Size());
        for (long index = 0; index < l1.entries(); index++) {
          long l2Offset = Qcow2Layout.l2TableOffset(l1.page(index).int64(index));
          if (l2Offset != 0) {
            shared.add(l2Offset);
          }
        }
      } catch (ImageException e) {
        // It is told of when the snapshot is looked at.
        state.dirty().checkUsable();
      }
    }
  }

  private void l1Entry(Qcow2Tables tables, long l1Index, long l1Entry, boolean active)
      throws IOException {
    if ((l1Entry & L1_RESERVED) != 0) {
      report.corruption(
          String.format("L1 entry %d (0x%016x) has reserved bits set", l1Index, l1Entry));
    }
    long l2Offset = Qcow2Layout.l2TableOffset(l1Entry);
    sink.reference(l2Offset, state.header().clusterBytes(), true, 1);
    int times = active ? 1 + shared.take(l2Offset, 0) : shared.take(l2Offset, 1);
    if (times == 0) {
      return;
    }
    try {
      Table l2 = tables.l2(l1Index, l2Offset);
      entries.start(l1Index, active, times);
      for (long index = 0; index < l2.entries(); index++) {
        entries.check(l2.page(index), index);
      }
    } catch (ImageException e) {
      if (l2Offset + state.header().clusterBytes() - state.storage().size()
          < state.header().clusterBytes()) {
        report.corruption(String.valueOf(e.getMessage()));
      }
    }
  }

  private void bitmaps(HeaderExtensions.Bitmaps directory) throws IOException {
    sink.reference(directory.directoryOffset(), directory.directoryBytes(), true, 1);
    Storage storage = state.storage();
    BitmapDirectory.forEachTable(
        storage,
        directory,
        (tableOffset, tableEntries) -> {
          sink.reference(tableOffset, tableEntries * Long.BYTES, true, 1);
          bitmapTable(state.table(tableOffset, tableEntries));
        });
  }

  private void bitmapTable(Table table) throws IOException {
    for (long index = 0; index < table.entries(); index++) {
      long entry;
      try {
        entry = table.page(index).int64(index);
      } catch (ImageException e) {
        report.corruption(String.valueOf(e.getMessage()));
        return;
      }
      if (!BitmapDirectory.isSoundTableEntry(entry)) {
        report.corruption(
            String.format("bitmap table entry %d (0x%016x) has reserved bits set", index, entry));
      } else if (BitmapDirectory.clusterOffset(entry) != 0) {
        sink.reference(
            BitmapDirectory.clusterOffset(entry), state.header().clusterBytes(), true, 1);
      }
    }
  }
}
