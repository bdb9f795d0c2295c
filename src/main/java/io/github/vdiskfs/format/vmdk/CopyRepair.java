// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.DirtyTables;
import io.github.vdiskfs.image.DirtyTables.Stage;
import io.github.vdiskfs.image.Table;
import io.github.vdiskfs.image.TablePage;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes grain tables and their redundant copies equal. What the guest sees now is what counts: the
 * table that is in use, and its copy only where that table, or an entry of it, is impossible.
 */
final class CopyRepair {
  /** Changes are written out in steps of this size. */
  private static final long MAX_DIRTY_BYTES = 4 << 20;

  private final Storage file;
  private final SparseGeometry geometry;
  private final GrainTables tables;
  private final DirtyTables dirty;
  private final WritableTables writable;
  private long mendedCopies;
  private long mendedTables;

  CopyRepair(SparseExtent extent, DirtyTables dirty, WritableTables writable) {
    this.file = extent.file();
    this.geometry = extent.geometry();
    this.tables = extent.tables();
    this.dirty = dirty;
    this.writable = writable;
  }

  /** Redundant tables that were changed. */
  long mendedCopies() {
    return mendedCopies;
  }

  /** Tables in use that were changed. */
  long mendedTables() {
    return mendedTables;
  }

  /**
   * Goes through all tables.
   *
   * @param fromCopies tables in use are mended from their copies as well
   */
  void mend(boolean fromCopies) throws IOException {
    Table redundant = tables.redundant();
    if (redundant == null) {
      return;
    }
    for (long gdIndex = 0; gdIndex < geometry.gdEntries(); gdIndex++) {
      synchronized (dirty) {
        mendTable(redundant, gdIndex, fromCopies);
        mendCopy(redundant, gdIndex);
      }
      if (dirty.dirtyBytes() > MAX_DIRTY_BYTES) {
        dirty.flush(List.of(file));
      }
    }
    dirty.flush(List.of(file));
  }

  private @Nullable Table usable(Table directory, long gdIndex) throws IOException {
    long hostOffset = GrainTables.entry(directory, gdIndex);
    return hostOffset != 0 && tables.isTable(hostOffset, gdIndex)
        ? tables.tableAt(hostOffset, gdIndex)
        : null;
  }

  /** A table that there is not is made from a copy that has grains: that copy is in use. */
  private void mendTable(Table redundant, long gdIndex, boolean fromCopies) throws IOException {
    Table copy = usable(redundant, gdIndex);
    Table table = usable(tables.directory(), gdIndex);
    boolean missing = GrainTables.entry(tables.directory(), gdIndex) == 0;
    if (copy == null || (missing ? isEmpty(copy) : !fromCopies)) {
      return;
    }
    boolean changed = table == null;
    Table to = table == null ? writable.make(gdIndex) : table;
    for (long gtIndex = 0; gtIndex < to.entries(); gtIndex++) {
      long other = copy.page(gtIndex).int32(gtIndex);
      if (table == null || (!isPossible(entry(table, gtIndex)) && isPossible(other))) {
        dirty.putInt32(Stage.MAPPING, to, gtIndex, other);
        changed = true;
      }
    }
    if (table == null) {
      writable.link(tables.directory(), gdIndex, to);
    }
    mendedTables += changed ? 1 : 0;
  }

  private static long entry(Table table, long gtIndex) throws IOException {
    return table.page(gtIndex).int32(gtIndex);
  }

  private static boolean isEmpty(Table table) throws IOException {
    for (long gtIndex = 0; gtIndex < table.entries(); gtIndex++) {
      if (entry(table, gtIndex) != SparseExtent.GTE_UNALLOCATED) {
        return false;
      }
    }
    return true;
  }

  private boolean isPossible(long sector) {
    return sector == 0
        || (sector == SparseExtent.GTE_ZEROED && geometry.zeroedGrains())
        || (sector >= geometry.headerSectors() && sector * Sectors.BYTES < file.size());
  }

  private void mendCopy(Table redundant, long gdIndex) throws IOException {
    Table table = usable(tables.directory(), gdIndex);
    Table copy = usable(redundant, gdIndex);
    if (table == null) {
      dropCopy(redundant, gdIndex);
      return;
    }
    boolean changed = copy == null;
    Table to = copy == null ? writable.make(gdIndex) : copy;
    for (long gtIndex = 0; gtIndex < to.entries(); gtIndex++) {
      TablePage page = table.page(gtIndex);
      if (entry(to, gtIndex) != page.int32(gtIndex)) {
        dirty.putInt32(Stage.MAPPING, to, gtIndex, page.int32(gtIndex));
        changed = true;
      }
    }
    if (copy == null) {
      writable.link(redundant, gdIndex, to);
    }
    mendedCopies += changed ? 1 : 0;
  }

  /** A copy of a table that there is not; one of a table that is impossible is kept. */
  private void dropCopy(Table redundant, long gdIndex) throws IOException {
    if (GrainTables.entry(tables.directory(), gdIndex) == 0
        && GrainTables.entry(redundant, gdIndex) != 0) {
      dirty.putInt32(Stage.ROOT, redundant, gdIndex, 0);
      mendedCopies++;
    }
  }
}
