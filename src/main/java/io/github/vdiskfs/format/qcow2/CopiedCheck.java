// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.CheckReport;
import io.github.vdiskfs.image.DirtyTables;
import io.github.vdiskfs.image.DirtyTables.Stage;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.Table;
import java.io.IOException;

/**
 * Checks the flags that say "its refcount is exactly one", of the active disk's L1 and L2 entries,
 * against the refcounts: a writer overwrites in place by them.
 */
final class CopiedCheck {
  /** The most that corrected tables may hold in memory before they are written. */
  private static final long MAX_DIRTY_BYTES = 8 << 20;

  /** No refcount that could be read. */
  private static final long UNKNOWN = Long.MIN_VALUE;

  private final Qcow2State state;
  private final Qcow2Layout layout;
  private final Refcounts refcounts;
  private final CheckReport report;

  CopiedCheck(Qcow2State state, CheckReport report) {
    this.state = state;
    this.layout = state.layout();
    this.refcounts = new Refcounts(state);
    this.report = report;
  }

  /**
   * Checks all entries.
   *
   * @param mends true where wrong flags are corrected
   */
  void check(boolean mends) throws IOException {
    Qcow2Header header = state.header();
    Qcow2Tables tables =
        new Qcow2Tables(
            state.cache(), state.storage(), layout, header.l1TableOffset(), header.l1Size());
    long end = readableL1(tables);
    for (long l1Index = 0; l1Index < end; l1Index++) {
      try {
        table(tables, l1Index, mends);
      } catch (ImageException e) {
        // Tables that cannot be read were told of before.
        state.dirty().checkUsable();
      }
      if (state.dirty().dirtyBytes() > MAX_DIRTY_BYTES) {
        state.dirty().flush(state.files());
      }
    }
    if (state.dirty().dirtyBytes() > 0) {
      state.dirty().flush(state.files());
    }
  }

  /** How many entries of the L1 table lie inside the file; the others were told of before. */
  private long readableL1(Qcow2Tables tables) throws IOException {
    long fileBytes = state.storage().size();
    long inside = (fileBytes - state.header().l1TableOffset()) / Qcow2Layout.L1_ENTRY_BYTES;
    return Math.max(0, Math.min(tables.l1Entries(), inside));
  }

  private void table(Qcow2Tables tables, long l1Index, boolean mends) throws IOException {
    long l1Entry = tables.l1Page(l1Index).int64(l1Index);
    long l2Offset = Qcow2Layout.l2TableOffset(l1Entry);
    if (l2Offset == 0) {
      return;
    }
    if (isWrong(l1Entry, refcount(l2Offset))) {
      tell("L1 entry " + l1Index, l1Entry, mends);
      put(Stage.ROOT, tables.l1(), l1Index, l1Entry, mends);
    }
    Table l2 = tables.l2(l1Index, l2Offset);
    for (long index = 0; index < l2.entries(); index++) {
      long descriptor = l2.page(index).int64(index);
      if (!Qcow2Layout.isCompressed(descriptor)
          && layout.hasCluster(descriptor)
          && isWrong(descriptor, dataRefcount(descriptor))) {
        tell("L2 entry " + index + " of L1 entry " + l1Index, descriptor, mends);
        put(Stage.MAPPING, l2, index, descriptor, mends);
      }
    }
  }

  private boolean isWrong(long entry, long refcount) {
    return refcount != UNKNOWN && (refcount == 1) != Qcow2Layout.isCopied(entry);
  }

  /** Clusters in an external data file have no refcount; each belongs to its entry. */
  private long dataRefcount(long descriptor) throws IOException {
    return layout.externalData() ? 1 : refcount(Qcow2Layout.clusterOffset(descriptor));
  }

  private long refcount(long hostOffset) throws IOException {
    try {
      return refcounts.get(hostOffset >>> state.clusterBits());
    } catch (ImageException e) {
      return UNKNOWN;
    }
  }

  private void tell(String which, long entry, boolean mended) {
    String what =
        String.format(
            "%s (0x%016x) is%s flagged as having the only reference",
            which, entry, Qcow2Layout.isCopied(entry) ? " wrongly" : " not");
    if (mended) {
      report.corruptionFixed(what);
    } else {
      report.corruption(what);
    }
  }

  private void put(Stage stage, Table table, long index, long entry, boolean mends)
      throws IOException {
    if (mends) {
      long corrected = Qcow2Layout.withCopied(entry, !Qcow2Layout.isCopied(entry));
      DirtyTables dirty = state.dirty();
      synchronized (dirty) {
        dirty.putInt64(stage, table, index, corrected);
      }
    }
  }
}
