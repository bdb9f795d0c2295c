// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import io.github.vdiskfs.image.CheckReport;
import java.io.IOException;
import java.util.BitSet;

/**
 * Checks the block map and the counter. The blocks of the file are looked at in windows, with one
 * walk through the map for each, so that memory does not grow with the image.
 *
 * <p>A counter that is too low is a corruption: the next writer that goes by it overwrites a block.
 * One that is too high, and blocks that no entry leads to, are leaks.
 */
final class VdiChecker {
  /** Host blocks of a window: 16 MiB of bits. */
  private static final long WINDOW_BLOCKS = 1L << 27;

  private static final long PROGRESS_BLOCKS = 1L << 20;

  private final VdiState state;
  private final CheckReport report;
  private long allocated;
  private long fragmented;
  private long end;

  VdiChecker(VdiState state, CheckReport report) {
    this.state = state;
    this.report = report;
  }

  /** As {@link io.github.vdiskfs.image.Image#check}. */
  void check() throws IOException {
    walkEntries();
    for (long first = 0; first < end; first += WINDOW_BLOCKS) {
      walkWindow(first);
    }
    report.units(state.blocks(), allocated, fragmented, 0);
    report.imageEnd(state.map().hostOffset(end));
    long counted = state.counted();
    boolean tooLow = counted < end;
    boolean leaks = allocated < end || counted > end;
    boolean wanted = (tooLow && report.mendsAll()) || (leaks && report.mendsLeaks());
    if (wanted && report.corruptions() == 0) {
      mend(tooLow, leaks, counted);
    } else {
      tell(tooLow, leaks, counted);
    }
  }

  private void walkEntries() throws IOException {
    long previous = -1;
    for (long block = 0; block < state.blocks(); block++) {
      long entry = state.map().entry(block);
      if (BlockMap.isData(entry)) {
        if (!state.map().liesInFile(block, entry, state.sizeBytes())) {
          report.corruption(
              "block map entry " + block + " is " + entry + ", which lies outside of the file");
        } else {
          end = Math.max(end, entry + 1);
        }
        fragmented += allocated > 0 && entry != previous + 1 ? 1 : 0;
        allocated++;
        previous = entry;
      }
      if (block % PROGRESS_BLOCKS == 0) {
        report.progress(block, state.blocks());
      }
    }
  }

  private void walkWindow(long first) throws IOException {
    BitSet used = new BitSet();
    for (long block = 0; block < state.blocks(); block++) {
      long entry = state.map().entry(block);
      if (entry >= first && entry < Math.min(end, first + WINDOW_BLOCKS)) {
        int bit = (int) (entry - first);
        if (used.get(bit)) {
          report.corruption(
              "block map entry " + block + " is " + entry + ", as another entry already was");
        }
        used.set(bit);
      }
    }
  }

  private void tell(boolean tooLow, boolean leaks, long counted) {
    if (tooLow) {
      report.corruption(counter(counted));
    }
    if (leaks) {
      report.leak(leaked(counted));
    }
  }

  private void mend(boolean tooLow, boolean leaks, long counted) throws IOException {
    VdiWriter writer = VdiWriter.open(state);
    writer.start();
    if (tooLow) {
      report.corruptionFixed(counter(counted));
    }
    if (leaks && report.mendsLeaks()) {
      writer.finish();
      report.leakFixed(leaked(counted));
      report.imageEnd(state.storage().size());
    }
  }

  private String counter(long counted) {
    return "cBlocksAllocated is " + counted + ", expected at least " + end;
  }

  private String leaked(long counted) {
    return Math.max(end, counted)
        - allocated
        + " host blocks that no block map entry leads to (cBlocksAllocated is "
        + counted
        + ")";
  }
}
