// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.Table;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.image.TablePage;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two levels of tables of a sparse extent: the grain directory leads to grain tables. Where the
 * directory or one of its tables does not lie inside the file, or the directory knows no table, the
 * redundant directory is asked.
 */
final class GrainTables {
  private static final Logger log = LoggerFactory.getLogger(GrainTables.class);

  private static final int ENTRY_BYTES = SparseGeometry.ENTRY_BYTES;

  private final TableCache cache;
  private final Storage storage;
  private final SparseGeometry geometry;
  private final Table directory;
  private final @Nullable Table redundant;
  private final boolean complete;
  private final AtomicBoolean warned = new AtomicBoolean();

  GrainTables(TableCache cache, Storage storage, SparseGeometry geometry) throws ImageException {
    this.cache = cache;
    this.storage = storage;
    this.geometry = geometry;
    @Nullable Table first = directoryAt(geometry.gdOffset());
    @Nullable Table second = directoryAt(geometry.rgdOffset());
    this.complete = first != null && (second != null || geometry.rgdOffset() == 0);
    if (first != null) {
      this.directory = first;
      this.redundant = second;
    } else if (second != null) {
      warn("the grain directory does not lie inside the file");
      this.directory = second;
      this.redundant = null;
    } else {
      throw ImageException.badField(
          storage,
          "gdOffset",
          geometry.gdOffset() / Sectors.BYTES,
          "a sector with room for " + geometry.gdEntries() + " entries behind it in the file");
    }
  }

  private @Nullable Table directoryAt(long hostOffset) {
    long entries = geometry.gdEntries();
    return isInside(hostOffset, entries) ? table(hostOffset, entries) : null;
  }

  private boolean isInside(long hostOffset, long entries) {
    return hostOffset >= (long) geometry.headerSectors() * Sectors.BYTES
        && hostOffset <= storage.size() - entries * ENTRY_BYTES;
  }

  private Table table(long hostOffset, long entries) {
    return new Table(cache, storage, hostOffset, entries, ENTRY_BYTES, ByteOrder.LITTLE_ENDIAN);
  }

  /** False where one of the directories does not lie inside the file. */
  boolean isComplete() {
    return complete;
  }

  /** The grain directory. */
  Table directory() {
    return directory;
  }

  /** The redundant grain directory, or null where there is none to be used. */
  @Nullable Table redundant() {
    return redundant;
  }

  /**
   * The grain table of a directory entry, or null where it is not allocated. The last table has
   * only the entries that the capacity needs.
   */
  @Nullable Table grainTable(long gdIndex) throws IOException {
    long hostOffset = entry(directory, gdIndex);
    if (isTable(hostOffset, gdIndex)) {
      return tableAt(hostOffset, gdIndex);
    }
    long other = redundant == null ? 0 : entry(redundant, gdIndex);
    if (isTable(other, gdIndex)) {
      warn("grain table " + gdIndex + " is missing or does not lie inside the file");
      return tableAt(other, gdIndex);
    }
    if (hostOffset != 0) {
      throw ImageException.corrupt(
          storage,
          directory.hostOffsetOf(gdIndex),
          "grain table at "
              + hostOffset
              + ", which is not inside the file ("
              + storage.size()
              + " bytes)");
    }
    return null;
  }

  /** True where the grain table of a directory entry can be at a host offset. */
  boolean isTable(long hostOffset, long gdIndex) {
    return isInside(hostOffset, geometry.entriesOf(gdIndex));
  }

  /** The grain table of a directory entry, at a host offset where there can be one. */
  Table tableAt(long hostOffset, long gdIndex) {
    return table(hostOffset, geometry.entriesOf(gdIndex));
  }

  /** Host offset of the grain table that an entry of a directory leads to; 0 for none. */
  static long entry(Table table, long gdIndex) throws IOException {
    return table.page(gdIndex).int32(gdIndex) * Sectors.BYTES;
  }

  /**
   * How many directory entries from {@code gdIndex} on are not allocated, at most {@code most}. The
   * first one is known to be so.
   */
  long unallocated(long gdIndex, long most) throws IOException {
    long empty = empty(directory, gdIndex, most);
    return redundant == null ? empty : empty(redundant, gdIndex, empty);
  }

  private static long empty(Table table, long gdIndex, long most) throws IOException {
    TablePage page = table.page(gdIndex);
    long end = Math.min(page.end(), gdIndex + most);
    long next = gdIndex + 1;
    while (next < end && page.int32(next) == 0) {
      next++;
    }
    return next - gdIndex;
  }

  private void warn(String problem) {
    if (warned.compareAndSet(false, true)) {
      log.warn("{}: {}; the redundant grain directory is used", storage.name(), problem);
    }
  }
}
