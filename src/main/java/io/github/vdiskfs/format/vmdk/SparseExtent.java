// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.Table;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.image.TablePage;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A sparse extent, hosted or of ESX: grains that a directory and its tables place in the file. */
final class SparseExtent implements DiskExtent {
  /** A grain table entry that leaves the grain to the parent. */
  static final long GTE_UNALLOCATED = 0;

  /** A grain table entry that says zeroes, where the header's flag allows it. */
  static final long GTE_ZEROED = 1;

  private final Storage file;
  private final SparseGeometry geometry;
  private final SparseFacts facts;
  private final GrainTables tables;
  private final int grainBytes;
  private volatile long sizeBytes;
  private final @Nullable GrainDecoder decoder;

  SparseExtent(TableCache cache, Storage file, SparseGeometry geometry, SparseFacts facts)
      throws ImageException {
    this.file = file;
    this.geometry = geometry;
    this.facts = facts;
    this.tables = new GrainTables(cache, file, geometry);
    this.grainBytes = geometry.grainBytes();
    this.sizeBytes = facts.growable() ? 0 : geometry.sizeBytes();
    this.decoder = geometry.compressed() ? new GrainDecoder(geometry, this::isLastGrain) : null;
  }

  @Override
  public long sizeBytes() {
    return sizeBytes;
  }

  /** Changes the size of an extent that is growable. */
  void grow(long newSizeBytes) {
    sizeBytes = newSizeBytes;
  }

  /** Where the tables are; of a growable extent those that it has room for. */
  SparseGeometry geometry() {
    return geometry;
  }

  SparseFacts facts() {
    return facts;
  }

  GrainTables tables() {
    return tables;
  }

  @Override
  public Storage file() {
    return file;
  }

  @Override
  public int grainBytes() {
    return grainBytes;
  }

  @Override
  public @Nullable GrainDecoder decoder() {
    return decoder;
  }

  @Override
  public Extent map(long extentOffset, long length) throws IOException {
    long most = Math.min(length, sizeBytes - extentOffset);
    long grain = extentOffset / grainBytes;
    int skip = (int) (extentOffset - grain * grainBytes);
    long gdIndex = grain / geometry.gtesPerGt();
    Table table = tables.grainTable(gdIndex);
    if (table == null) {
      return Extent.backing(Math.min(most, unallocatedBytes(gdIndex, extentOffset, most)));
    }
    long gtIndex = grain - gdIndex * geometry.gtesPerGt();
    TablePage page = table.page(gtIndex);
    long entry = page.int32(gtIndex);
    if (entry == GTE_UNALLOCATED) {
      return Extent.backing(run(page, gtIndex, skip, most, 0));
    }
    if (entry == GTE_ZEROED && geometry.zeroedGrains()) {
      return Extent.zero(run(page, gtIndex, skip, most, 0));
    }
    checkGrain(table.hostOffsetOf(gtIndex), entry, skip);
    return decoder == null
        ? data(entry * Sectors.BYTES + skip, run(page, gtIndex, skip, most, 1))
        : decoder.extent(file, entry * Sectors.BYTES, skip, most);
  }

  /** Bytes from {@code extentOffset} to the end of the run of unallocated tables. */
  private long unallocatedBytes(long gdIndex, long extentOffset, long most) throws IOException {
    long tableBytes = (long) grainBytes * geometry.gtesPerGt();
    long last = (extentOffset + most - 1) / tableBytes;
    long free = tables.unallocated(gdIndex, last - gdIndex + 1);
    return (gdIndex + free) * tableBytes - extentOffset;
  }

  /**
   * Bytes of the run that starts {@code skip} bytes into a grain: as many grains as the page has
   * entries that continue the first.
   *
   * @param stride 1 where the grains must follow each other in the file, 0 where entries are equal
   */
  private long run(TablePage page, long gtIndex, int skip, long most, int stride) {
    long step = (long) stride * geometry.grainSectors();
    long expected = page.int32(gtIndex) + step;
    long bytes = (long) grainBytes - skip;
    for (long i = gtIndex + 1; bytes < most && page.contains(i); i++) {
      if (page.int32(i) != expected) {
        break;
      }
      expected += step;
      bytes += grainBytes;
    }
    return Math.min(bytes, most);
  }

  /** The part of a run that the file has; the rest is found damaged when it is asked for. */
  private Extent data(long hostOffset, long length) {
    return Extent.data(file, hostOffset, Math.min(length, file.size() - hostOffset));
  }

  private void checkGrain(long entryOffset, long sector, int skip) throws ImageException {
    if (sector < geometry.headerSectors()) {
      throw ImageException.corrupt(file, entryOffset, "grain at sector " + sector + ", the header");
    }
    if (sector == GTE_ZEROED) {
      throw ImageException.corrupt(
          file, entryOffset, "zeroed grain, which the header's flags do not allow");
    }
    long needed = sector * Sectors.BYTES + (decoder == null ? skip : 0);
    if (needed >= file.size()) {
      throw ImageException.corrupt(
          file,
          entryOffset,
          "grain at sector "
              + sector
              + ", which ends past the end of the file ("
              + file.size()
              + " bytes)");
    }
  }

  /** True where the extent's last grain is stored at this host offset. */
  private boolean isLastGrain(long hostOffset) throws IOException {
    long grain = geometry.grains() - 1;
    Table table = tables.grainTable(grain / geometry.gtesPerGt());
    long gtIndex = grain % geometry.gtesPerGt();
    return table != null && table.page(gtIndex).int32(gtIndex) * Sectors.BYTES == hostOffset;
  }
}
