// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.SparseBits;
import io.github.vdiskfs.image.Table;
import io.github.vdiskfs.image.TablePage;
import io.github.vdiskfs.image.UnitSet;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Goes through all tables of a sparse extent: nothing may lie outside of the file, and no two
 * things in one place. The tables are read page by page (a grain table is one page at most); what
 * is remembered of them is bounded.
 */
final class GrainWalk {
  /** Hears what the tables say. */
  interface Listener {
    /** Something is wrong; the walk goes on without it, unless this throws. */
    void problem(String what) throws IOException;

    /** A grain table or directory. */
    void table(long hostOffset, long length) throws IOException;

    /** A sound grain table entry with a grain of its own. */
    void grain(long grain, long hostOffset) throws IOException;

    /** Entries of a grain table, a sound one, are not those of its redundant copy. */
    void differs(long gdIndex, long entries) throws IOException;

    /** The walk is at a directory entry. */
    default void at(long gdIndex) throws IOException {}
  }

  private final Storage file;
  private final SparseGeometry geometry;
  private final GrainTables tables;
  private final SparseFacts facts;
  private final long gdEntries;
  private final Listener listener;
  private final SparseBits metadata = new SparseBits();
  private final UnitSet grains;

  /** Directory entries whose grain table cannot be used. */
  private final SparseBits badTables = new SparseBits();

  private final SparseBits badCopies = new SparseBits();

  GrainWalk(SparseExtent extent, Listener listener) {
    this.file = extent.file();
    this.geometry = extent.geometry();
    this.tables = extent.tables();
    this.facts = extent.facts();
    this.gdEntries = facts.growable() ? 0 : geometry.gdEntries();
    this.listener = listener;
    this.grains = new UnitSet(geometry.compressed() ? 1 : geometry.grainSectors());
  }

  void run() throws IOException {
    metadata.addAll(0, geometry.headerSectors());
    metadata.addAll(facts.descriptorSector(), facts.descriptorSector() + facts.descriptorSectors());
    directories();
    for (long gdIndex = 0; gdIndex < gdEntries; gdIndex++) {
      listener.at(gdIndex);
      grains(gdIndex);
    }
  }

  private void directories() throws IOException {
    if (!tables.isComplete()) {
      listener.problem("a grain directory does not lie inside the file");
    }
    Table redundant = tables.redundant();
    directory(tables.directory(), "grain directory");
    if (redundant != null) {
      directory(redundant, "redundant grain directory");
    }
    tablesOf(tables.directory(), badTables, "grain table ");
    if (redundant != null) {
      tablesOf(redundant, badCopies, "redundant grain table ");
    }
  }

  private void directory(Table directory, String what) throws IOException {
    long hostOffset = directory.hostOffsetOf(0);
    long sector = hostOffset / Sectors.BYTES;
    long sectors = geometry.directorySectors();
    if (metadata.containsAny(sector, sector + sectors)) {
      listener.problem("the " + what + " overlaps with header, descriptor or another directory");
    }
    metadata.addAll(sector, sector + sectors);
    listener.table(hostOffset, sectors * Sectors.BYTES);
  }

  private void tablesOf(Table directory, SparseBits bad, String what) throws IOException {
    long sectors = geometry.tableSectors();
    for (long gdIndex = 0; gdIndex < gdEntries; gdIndex++) {
      long hostOffset = GrainTables.entry(directory, gdIndex);
      if (hostOffset == 0) {
        continue;
      }
      long sector = hostOffset / Sectors.BYTES;
      if (!tables.isTable(hostOffset, gdIndex)) {
        bad.add(gdIndex);
        listener.problem(what + gdIndex + " at sector " + sector + " is outside of the file");
      } else if (metadata.containsAny(sector, sector + sectors)) {
        bad.add(gdIndex);
        listener.problem(what + gdIndex + " at sector " + sector + " overlaps with other tables");
      } else {
        metadata.addAll(sector, sector + sectors);
        listener.table(hostOffset, sectors * Sectors.BYTES);
      }
    }
  }

  private void grains(long gdIndex) throws IOException {
    Table table = table(tables.directory(), gdIndex, badTables);
    Table redundant = tables.redundant();
    Table copy = redundant == null ? null : table(redundant, gdIndex, badCopies);
    Table inUse = table == null ? copy : table;
    if (inUse != null) {
      TablePage page = inUse.page(0);
      for (long gtIndex = 0; gtIndex < page.end(); gtIndex++) {
        long entry = page.int32(gtIndex);
        if (entry != SparseExtent.GTE_UNALLOCATED) {
          entry(gdIndex * geometry.gtesPerGt() + gtIndex, entry);
        }
      }
    }
    if (redundant != null && !badTables.contains(gdIndex)) {
      compare(gdIndex, table, copy);
    }
  }

  private @Nullable Table table(Table directory, long gdIndex, SparseBits bad) throws IOException {
    long hostOffset = GrainTables.entry(directory, gdIndex);
    return hostOffset == 0 || bad.contains(gdIndex) ? null : tables.tableAt(hostOffset, gdIndex);
  }

  private void entry(long grain, long sector) throws IOException {
    if (sector == SparseExtent.GTE_ZEROED && geometry.zeroedGrains()) {
      return;
    }
    long sectors = geometry.compressed() ? 1 : geometry.grainSectors();
    String what = "grain " + grain + " at sector " + sector;
    if (sector < geometry.headerSectors() || sector * Sectors.BYTES >= file.size()) {
      listener.problem(what + " is outside of the file");
    } else if (metadata.containsAny(sector, sector + sectors)) {
      listener.problem(what + " overlaps with header, descriptor or tables");
    } else if (!grains.add(sector)) {
      listener.problem(what + " overlaps with another grain");
    } else {
      listener.grain(grain, sector * Sectors.BYTES);
    }
  }

  /** Compares a table that is in use with its copy; either may be missing. */
  private void compare(long gdIndex, @Nullable Table table, @Nullable Table copy)
      throws IOException {
    if (table == null && copy == null) {
      return;
    }
    long different = geometry.entriesOf(gdIndex);
    if (table != null && copy != null) {
      TablePage page = table.page(0);
      TablePage other = copy.page(0);
      different = 0;
      for (long gtIndex = 0; gtIndex < page.end(); gtIndex++) {
        different += page.int32(gtIndex) == other.int32(gtIndex) ? 0 : 1;
      }
    }
    if (different > 0) {
      listener.differs(gdIndex, different);
    }
  }
}
