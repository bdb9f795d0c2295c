// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.DirtyTables;
import io.github.vdiskfs.image.DirtyTables.Stage;
import io.github.vdiskfs.image.HostSpace;
import io.github.vdiskfs.image.SparseBits;
import io.github.vdiskfs.image.Table;
import io.github.vdiskfs.storage.Storage;
import io.github.vdiskfs.storage.Zeros;
import java.io.IOException;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The grain tables of an extent, for writing: each entry goes into the table and into its redundant
 * copy alike. Guarded by the lock on {@link DirtyTables}.
 */
final class WritableTables {
  /** A grain table and its copy, where the extent has copies. */
  record Pair(Table table, @Nullable Table copy) {
    /** The entry that counts. */
    long entry(long gtIndex) throws IOException {
      return table.page(gtIndex).int32(gtIndex);
    }

    void put(DirtyTables dirty, long gtIndex, long entry) throws IOException {
      dirty.putInt32(Stage.MAPPING, table, gtIndex, entry);
      if (copy != null) {
        dirty.putInt32(Stage.MAPPING, copy, gtIndex, entry);
      }
    }
  }

  private final Storage file;
  private final SparseGeometry geometry;
  private final GrainTables tables;
  private final DirtyTables dirty;
  private final HostSpace space;
  private final HeaderFields header;

  /** Directory entries whose tables are known to have their space on the host. */
  private final SparseBits backed = new SparseBits();

  WritableTables(SparseExtent extent, DirtyTables dirty, HostSpace space, HeaderFields header) {
    this.file = extent.file();
    this.geometry = extent.geometry();
    this.tables = extent.tables();
    this.dirty = dirty;
    this.space = space;
    this.header = header;
  }

  /** The tables of a directory entry, or null where there are none; nothing is made. */
  @Nullable Pair find(long gdIndex) throws IOException {
    long hostOffset = GrainTables.entry(tables.directory(), gdIndex);
    if (hostOffset == 0) {
      return null;
    }
    Table redundant = tables.redundant();
    Table copy =
        redundant == null ? null : tables.tableAt(GrainTables.entry(redundant, gdIndex), gdIndex);
    return new Pair(tables.tableAt(hostOffset, gdIndex), copy);
  }

  /** The tables of a directory entry, made where they are missing, with space on the host. */
  Pair require(long gdIndex) throws IOException {
    Pair found = find(gdIndex);
    if (found == null) {
      make(gdIndex, gdIndex + 1);
      found = find(gdIndex);
    }
    if (found == null) {
      throw new IllegalStateException("no grain table " + gdIndex);
    }
    back(gdIndex, found);
    return found;
  }

  /**
   * Makes the tables of all directory entries from {@code first} to {@code end - 1}. Their zeroes
   * are on the host's disk before a directory entry is, and an entry of zero is as good as none.
   */
  void make(long first, long end) throws IOException {
    Table redundant = tables.redundant();
    long tableBytes = geometry.tableSectors() * Sectors.BYTES;
    long bytes = (end - first) * tableBytes * (redundant == null ? 1 : 2);
    long at = takeZeroed(bytes);
    for (long gdIndex = first; gdIndex < end; gdIndex++) {
      link(Stage.MAPPING, tables.directory(), gdIndex, at);
      at += tableBytes;
      if (redundant != null) {
        link(Stage.MAPPING, redundant, gdIndex, at);
        at += tableBytes;
      }
    }
  }

  /** Makes a table by itself, of zeroes, which nothing leads to before {@link #link} is called. */
  Table make(long gdIndex) throws IOException {
    return tables.tableAt(takeZeroed(geometry.tableSectors() * Sectors.BYTES), gdIndex);
  }

  /** Links a table of {@link #make(long)}: what was put into it counts as soon as it does. */
  void link(Table directory, long gdIndex, Table table) throws IOException {
    VarHandle.releaseFence(); // readers without a lock see the entries where they see the table
    link(Stage.ROOT, directory, gdIndex, table.hostOffsetOf(0));
  }

  private void link(Stage stage, Table directory, long gdIndex, long hostOffset)
      throws IOException {
    dirty.putInt32(stage, directory, gdIndex, hostOffset / Sectors.BYTES);
  }

  private long takeZeroed(long bytes) throws IOException {
    long unit = geometry.grainBytes();
    HostSpace.Run run = space.takeAtEnd((bytes + unit - 1) / unit);
    header.freeSector(space.endOffset() / Sectors.BYTES);
    return run.hostOffset();
  }

  /**
   * Where tables are a hole of the host, they get their space now, so that a full host shows at the
   * write and not when the entries are written.
   */
  private void back(long gdIndex, Pair pair) throws IOException {
    if (!backed.contains(gdIndex)) {
      back(pair.table());
      if (pair.copy() != null) {
        back(pair.copy());
      }
      backed.add(gdIndex);
    }
  }

  private void back(Table table) throws IOException {
    long hostOffset = table.hostOffsetOf(0);
    long length = table.hostOffsetOf(table.entries()) - hostOffset;
    if (file.nextData(hostOffset) >= hostOffset + length) {
      Zeros.write(file, hostOffset, length);
    }
  }
}
