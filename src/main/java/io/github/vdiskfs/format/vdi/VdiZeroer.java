// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import java.io.IOException;

/**
 * Makes whole blocks read as zero. A dynamic image unlinks them; a static one keeps all blocks, so
 * that their content alone is given back.
 */
final class VdiZeroer {
  private final VdiState state;
  private final VdiAllocator allocator;

  /** Host blocks that were unlinked and not handed on yet: they follow each other. */
  private long first;

  private long count;

  VdiZeroer(VdiState state, VdiAllocator allocator) {
    this.state = state;
    this.allocator = allocator;
  }

  /** As {@link io.github.vdiskfs.image.ImageWriter#zero}. */
  long zero(long guestOffset, long length) throws IOException {
    long end = Math.min(state.sizeBytes(), guestOffset + length);
    if (state.type() == VdiType.STATIC) {
      zeroInPlace(guestOffset, end);
    } else {
      synchronized (state.dirty()) {
        state.dirty().checkUsable();
        unlink(guestOffset / state.blockSize(), state.blocksOf(end));
      }
    }
    return end - guestOffset;
  }

  private void zeroInPlace(long guestOffset, long end) throws IOException {
    for (long at = guestOffset; at < end; ) {
      var extent = state.map().map(at, end - at, state.sizeBytes());
      if (!extent.readsAsZero()) {
        extent.requireStorage().zero(extent.hostOffset(), extent.length());
      }
      at += extent.length();
    }
  }

  private void unlink(long fromBlock, long endBlock) throws IOException {
    try {
      for (long block = fromBlock; block < endBlock; block++) {
        long entry = state.map().entry(block);
        boolean hides = state.type() == VdiType.DIFFERENCING && entry == BlockMap.FREE;
        if (BlockMap.isData(entry) || hides) {
          state.setEntry(block, BlockMap.ZERO);
        }
        if (BlockMap.isData(entry)) {
          freeLater(entry);
        }
      }
    } finally {
      handOn();
    }
  }

  private void freeLater(long hostBlock) {
    if (hostBlock != first + count) {
      handOn();
      first = hostBlock;
    }
    count++;
  }

  private void handOn() {
    long from = first;
    long blocks = count;
    if (blocks > 0) {
      state.dirty().whenDurable(() -> allocator.free(from, blocks));
      count = 0;
    }
  }
}
