// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import io.github.vdiskfs.image.CheckReport;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;

/**
 * Checks a dynamic or differencing image: that blocks lie inside the file and clear of the tables
 * and of each other, and both footers. The file is looked at in windows, with one walk through the
 * BAT for each, so that memory does not grow with the image.
 *
 * <p>Space for a block and more between the last one and the footer is a leak. Gaps between blocks
 * are not: they take no host space, and the next block goes there.
 */
final class VpcChecker {
  /** Sectors of a window: 64 GiB of file, 16 MiB of bits. */
  private static final long WINDOW_SECTORS = 1L << 27;

  private static final long PROGRESS_BLOCKS = 1L << 20;

  private final VpcState state;
  private final CheckReport report;
  private final long entries;
  private final TableAreas areas;
  private long allocated;
  private long fragmented;
  private long end;

  VpcChecker(VpcState state, CheckReport report) {
    this.state = state;
    this.report = report;
    this.entries = state.table().entries().entries();
    this.areas = new TableAreas(state);
  }

  /** As {@link io.github.vdiskfs.image.Image#check}. */
  void check() throws IOException {
    checkTables();
    walkEntries();
    long sectors = end >>> AllocationTable.SECTOR_BITS;
    for (long first = 0; first < sectors; first += WINDOW_SECTORS) {
      walkWindow(first);
    }
    report.units(state.blocks(), allocated, fragmented, 0);
    long last = Math.max(end, VpcAllocator.endOfTables(state));
    report.imageEnd(last + VpcFooter.BYTES);
    checkFooters(last);
  }

  /** Where there is no footer at the end, its copy stands in for it. */
  private void checkTables() {
    String overlap = areas.overlap();
    if (state.footer().hostOffset() != 0 && !overlap.isEmpty()) {
      report.corruption("the file has " + overlap);
    }
  }

  private void walkEntries() throws IOException {
    long expected = -1;
    for (long block = 0; block < entries; block++) {
      long bitmapOffset = state.table().bitmapOffset(block);
      if (bitmapOffset >= 0) {
        if (isSound(block, bitmapOffset)) {
          end = Math.max(end, bitmapOffset + state.table().hostBytes());
        }
        fragmented += expected >= 0 && bitmapOffset != expected ? 1 : 0;
        allocated++;
        expected = bitmapOffset + state.table().hostBytes();
      }
      if (block % PROGRESS_BLOCKS == 0) {
        report.progress(block, entries);
      }
    }
  }

  private boolean isSound(long block, long bitmapOffset) {
    try {
      state.table().check(block, bitmapOffset, state.sizeBytes());
      checkClear(block, bitmapOffset);
      return true;
    } catch (ImageException e) {
      report.corruption(String.valueOf(e.getMessage()));
      return false;
    }
  }

  /** A block over a parent locator or the footer: it is in use all the same. */
  private void checkClear(long block, long bitmapOffset) {
    long blockEnd = state.table().usedEnd(block, bitmapOffset, state.sizeBytes());
    String touched = areas.touchedBy(bitmapOffset, Math.max(blockEnd, bitmapOffset + 1));
    if (!touched.isEmpty()) {
      report.corruption(
          String.format(
              "BAT entry %d: the block at host offset %d overlaps %s",
              block, bitmapOffset, touched));
    }
  }

  private void walkWindow(long firstSector) throws IOException {
    BitSet used = new BitSet();
    long blockSectors = state.table().hostBytes() >>> AllocationTable.SECTOR_BITS;
    for (long block = 0; block < entries; block++) {
      long bitmapOffset = state.table().bitmapOffset(block);
      long start = (bitmapOffset >>> AllocationTable.SECTOR_BITS) - firstSector;
      if (bitmapOffset >= 0 && start < WINDOW_SECTORS && start + blockSectors > 0) {
        int from = (int) Math.max(0, start);
        int to = (int) Math.min(WINDOW_SECTORS, start + blockSectors);
        int taken = used.nextSetBit(from);
        if (taken >= 0 && taken < to && start >= 0) {
          report.corruption(
              "BAT entry " + block + ": the block at host offset " + bitmapOffset + " is in use");
        }
        used.set(from, to);
      }
    }
  }

  private void checkFooters(long last) throws IOException {
    if (state.footer().hostOffset() == 0) {
      mendEnd();
      return;
    }
    if (!VpcFooter.isSound(load(0))) {
      mendCopy();
    }
    long leaked = state.footer().hostOffset() - last;
    if (leaked >= state.table().hostBytes()) {
      mendLeak(leaked);
    }
  }

  /** The copy of the footer is put behind everything else, where nothing is overwritten. */
  private void mendEnd() throws IOException {
    String what = "the footer at the end of the file is missing or damaged";
    if (!report.mendsAll() || report.corruptions() > 0) {
      report.corruption(what);
      return;
    }
    long size = state.storage().size();
    write(load(0), (Math.max(size, end) + VpcFooter.BYTES - 1) & -VpcFooter.BYTES);
    report.corruptionFixed(what);
  }

  private void mendCopy() throws IOException {
    String what = "the copy of the footer at host offset 0 is damaged";
    if (report.mendsAll()) {
      write(load(state.footer().hostOffset()), 0);
      report.corruptionFixed(what);
    } else {
      report.corruption(what);
    }
  }

  private void mendLeak(long bytes) throws IOException {
    String what = bytes + " bytes between the last block and the footer";
    if (report.mendsLeaks() && report.corruptions() == 0) {
      DynamicVpcWriter.open(state).finish();
      report.leakFixed(what);
    } else {
      report.leak(what);
    }
  }

  private ByteBuffer load(long hostOffset) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(VpcFooter.BYTES);
    state.storage().read(bytes, hostOffset);
    return bytes.flip();
  }

  private void write(ByteBuffer footer, long hostOffset) throws IOException {
    Storage storage = state.storage();
    storage.allowWriting();
    storage.write(footer, hostOffset);
    storage.sync();
  }
}
