// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.DirtyTables;
import io.github.vdiskfs.image.DirtyTables.Stage;
import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.HostReservation;
import io.github.vdiskfs.image.HostSpace;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageWriter.Placement;
import io.github.vdiskfs.image.Reservation;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;

/** Writes a sparse extent: grains are overwritten in place, and new ones linked into the tables. */
final class SparseWriter implements ExtentWriter {
  /** Table entries are sector numbers of 32 bits. */
  static final long MAX_FILE_BYTES = (1L << 32) * Sectors.BYTES;

  private final SparseExtent extent;
  private final SparseGeometry geometry;
  private final DirtyTables dirty;
  private final HostSpace space;
  private final HeaderFields header;
  private final WritableTables tables;
  private final SparseSurvey survey;
  private final long start;
  private final boolean hasParent;

  /**
   * @param start guest offset of the extent's first byte
   * @param hasParent what is not allocated is the parent's
   * @param survey what is in the file now
   */
  SparseWriter(
      SparseExtent extent,
      TableCache cache,
      DirtyTables dirty,
      long start,
      boolean hasParent,
      SparseSurvey survey) {
    this.extent = extent;
    this.geometry = extent.geometry();
    this.dirty = dirty;
    this.start = start;
    this.hasParent = hasParent;
    this.survey = survey;
    this.space = survey.space();
    this.header = new HeaderFields(dirty, cache, extent.file(), geometry);
    this.tables = new WritableTables(extent, dirty, space, header);
  }

  Storage file() {
    return extent.file();
  }

  /** Before the first change: the file has a writer now, and all of its last grain. */
  void begin() throws IOException {
    header.unclean(Stage.ALLOCATION, true);
    space.prepare();
  }

  /** Makes the redundant tables those that are in use, where they are not. */
  void mendCopies() throws IOException {
    if (survey.copiesDiffer()) {
      new CopyRepair(extent, dirty, tables).mend(false);
    }
  }

  /** After the last change. */
  void end() throws IOException {
    header.unclean(Stage.ROOT, false);
  }

  @Override
  public Placement placement(long extentOffset, long length) throws IOException {
    Extent found = extent.map(extentOffset, length);
    return found.kind() == Extent.Kind.DATA
        ? Placement.inPlace(found)
        : Placement.reserve(found.length());
  }

  @Override
  public Reservation reserve(long extentOffset, long length) throws IOException {
    synchronized (dirty) {
      dirty.checkUsable();
      long grain = extentOffset / geometry.grainBytes();
      long gdIndex = grain / geometry.gtesPerGt();
      long tableEnd = (gdIndex + 1) * geometry.gtesPerGt();
      long bytes = Math.min(length, extent.sizeBytes() - extentOffset);
      WritableTables.Pair pair = tables.require(gdIndex);
      HostSpace.Run run = space.take(Math.min(grainsIn(bytes), tableEnd - grain));
      header.freeSector(space.endOffset() / Sectors.BYTES);
      long gtIndex = grain - gdIndex * geometry.gtesPerGt();
      return new HostReservation(
          dirty,
          space,
          run,
          start + extentOffset,
          Math.min(bytes, run.length()),
          unlinked -> link(pair, gtIndex, run, unlinked));
    }
  }

  private long grainsIn(long bytes) {
    return (bytes + geometry.grainBytes() - 1) / geometry.grainBytes();
  }

  /** Links new grains in place of what was there. */
  private void link(
      WritableTables.Pair pair, long firstGtIndex, HostSpace.Run run, HostSpace.Unlinked unlinked)
      throws IOException {
    long sector = run.hostOffset() / Sectors.BYTES;
    for (long i = 0; i < run.length() / geometry.grainBytes(); i++) {
      replace(pair, firstGtIndex + i, sector + i * geometry.grainSectors(), unlinked);
    }
  }

  private void replace(
      WritableTables.Pair pair, long gtIndex, long entry, HostSpace.Unlinked unlinked)
      throws IOException {
    long before = pair.entry(gtIndex);
    pair.put(dirty, gtIndex, entry);
    if (before > SparseExtent.GTE_ZEROED) {
      unlinked.add(before * Sectors.BYTES, geometry.grainBytes());
    }
  }

  /**
   * Grains are unlinked where there is no parent, and else said to be zero, where the header allows
   * that.
   */
  @Override
  public long zero(long extentOffset, long length) throws IOException {
    if (hasParent && !geometry.zeroedGrains()) {
      return 0;
    }
    synchronized (dirty) {
      dirty.checkUsable();
      long grain = extentOffset / geometry.grainBytes();
      long gdIndex = grain / geometry.gtesPerGt();
      long tableEnd = (gdIndex + 1) * geometry.gtesPerGt() * geometry.grainBytes();
      long end = Math.min(Math.min(extentOffset + length, extent.sizeBytes()), tableEnd);
      if (hasParent || tables.find(gdIndex) != null) {
        long gtIndex = grain - gdIndex * geometry.gtesPerGt();
        zero(tables.require(gdIndex), gtIndex, grainsIn(end - extentOffset));
      }
      return end - extentOffset;
    }
  }

  private void zero(WritableTables.Pair pair, long firstGtIndex, long grains) throws IOException {
    HostSpace.Unlinked unlinked = space.new Unlinked();
    try {
      for (long gtIndex = firstGtIndex; gtIndex < firstGtIndex + grains; gtIndex++) {
        long before = pair.entry(gtIndex);
        if (before != SparseExtent.GTE_ZEROED && (hasParent || before != 0)) {
          replace(pair, gtIndex, hasParent ? SparseExtent.GTE_ZEROED : 0, unlinked);
        }
      }
    } finally {
      unlinked.freeWhenDurable(dirty);
    }
  }

  /**
   * Changes the size of an extent that was made without one.
   *
   * @throws ImageException of kind {@code FIXED_SIZE} where its directories have no room for that
   */
  void resize(long sizeBytes) throws IOException {
    if (sizeBytes > geometry.sizeBytes()) {
      throw new ImageException(
          ImageException.Kind.FIXED_SIZE,
          file().name() + ": its directories have room for " + geometry.sizeBytes() + " bytes");
    }
    long capacity = sizeBytes / Sectors.BYTES + (sizeBytes % Sectors.BYTES == 0 ? 0 : 1);
    long before = extent.sizeBytes();
    long after = capacity * Sectors.BYTES;
    for (long at = grainsIn(after) * geometry.grainBytes(); at < before; ) {
      at += zero(at, before - at);
    }
    synchronized (dirty) {
      dirty.checkUsable();
      long tablesBefore = tablesFor(before);
      long tablesAfter = tablesFor(after);
      if (tablesAfter > tablesBefore) {
        tables.make(tablesBefore, tablesAfter);
      }
      header.capacity(capacity);
      extent.grow(after);
    }
  }

  private long tablesFor(long bytes) {
    return SparseGeometry.gdEntries(
        bytes / Sectors.BYTES, geometry.grainSectors(), geometry.gtesPerGt());
  }
}
