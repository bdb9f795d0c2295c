// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import java.io.IOException;

/**
 * Closes the gaps that freed blocks left, while nobody uses the disk: VirtualBox and QEMU put the
 * next block at {@code cBlocksAllocated} and expect every host block below to be in use.
 *
 * <p>Blocks from the end of the file move into the gaps. Where that would copy too much for closing
 * an image, the gaps become blocks of zeroes without host space, which some block of the disk that
 * reads as zero anyway is linked to.
 */
final class VdiCompactor {
  /** What may be copied: a second or two on most hosts. */
  private static final long MAX_MOVED_BYTES = 256 << 20;

  private final VdiState state;
  private final VdiAllocator allocator;

  VdiCompactor(VdiState state, VdiAllocator allocator) {
    this.state = state;
    this.allocator = allocator;
  }

  /** Leaves the first blocks of the file in use, and nothing behind them. */
  void compact() throws IOException {
    if (allocator.count() < allocator.end()) {
      long target = target();
      moveBelow(target);
      state.flush();
      linkGaps(target);
    }
    flushCounter();
    long hostEnd = state.map().hostOffset(allocator.end());
    if (state.storage().size() > hostEnd) {
      state.storage().truncate(hostEnd);
      state.flush();
    }
  }

  /** How many host blocks shall remain. */
  private long target() throws IOException {
    long used = allocator.count();
    long most = Math.max(1, MAX_MOVED_BYTES / state.blockSize());
    long reached = Math.max(used, allocator.nthFromAbove(most));
    return Math.min(reached, used + countZeroes());
  }

  private long countZeroes() throws IOException {
    long zeroes = 0;
    for (long block = 0; block < state.blocks(); block++) {
      zeroes += readsAsZero(state.map().entry(block)) ? 1 : 0;
    }
    return zeroes;
  }

  private boolean readsAsZero(long entry) {
    return entry == BlockMap.ZERO
        || (entry == BlockMap.FREE && state.type() != VdiType.DIFFERENCING);
  }

  private void moveBelow(long target) throws IOException {
    BlockMover mover = new BlockMover(state, allocator);
    for (long block = 0; block < state.blocks(); block++) {
      long entry = state.map().entry(block);
      if (BlockMap.isData(entry) && entry >= target) {
        mover.move(block, entry, 0);
      }
    }
  }

  private void linkGaps(long target) throws IOException {
    for (long block = 0; block < state.blocks() && allocator.nextFree() < target; block++) {
      if (readsAsZero(state.map().entry(block))) {
        long gap = allocator.take().block();
        state.storage().zero(state.map().hostOffset(gap), state.blockSize());
        synchronized (state.dirty()) {
          state.link(block, gap, allocator.end());
        }
      }
    }
  }

  /** The counter goes down only after nothing leads to blocks behind it any more. */
  private void flushCounter() throws IOException {
    state.flush();
    synchronized (state.dirty()) {
      if (state.counted() != allocator.end()) {
        state.count(allocator.end());
      }
    }
    state.flush();
  }
}
