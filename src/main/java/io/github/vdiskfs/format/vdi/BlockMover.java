// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Moves blocks to other places of the file while nobody uses the disk. These are whole blocks and
 * no guest ranges, so that the one write loop has no part in it; the order is the same: copy, link,
 * and free the old place when that is durable.
 */
final class BlockMover {
  private static final int COPY_BYTES = 256 << 10;

  private final VdiState state;
  private final VdiAllocator allocator;
  private final ByteBuffer copy = ByteBuffer.allocateDirect(COPY_BYTES);

  BlockMover(VdiState state, VdiAllocator allocator) {
    this.state = state;
    this.allocator = allocator;
  }

  /**
   * Moves the block of the disk that is at host block {@code from} to a free one.
   *
   * @param least the lowest host block that it may go to
   */
  void move(long block, long from, long least) throws IOException {
    long to;
    synchronized (state.dirty()) {
      state.dirty().checkUsable();
      to = allocator.takeFrom(least).block();
    }
    boolean linked = false;
    try {
      copy(state.map().hostOffset(from), state.map().hostOffset(to));
      synchronized (state.dirty()) {
        state.link(block, to, allocator.end());
        state.dirty().whenDurable(() -> allocator.free(from, 1));
        linked = true;
      }
    } finally {
      if (!linked) {
        synchronized (state.dirty()) {
          allocator.release(to);
        }
      }
    }
  }

  private void copy(long from, long to) throws IOException {
    Storage storage = state.storage();
    for (long done = 0; done < state.blockSize(); done += copy.capacity()) {
      copy.clear().limit((int) Math.min(copy.capacity(), state.blockSize() - done));
      storage.read(copy, from + done);
      storage.write(copy.flip(), to + done);
    }
  }
}
