// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import io.github.vdiskfs.image.DirtyTables.Stage;
import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.ImageWriter;
import io.github.vdiskfs.image.Reservation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * The write side of a VDI. Before the first change it gives the image a new identity, by which a
 * differencing image would notice that its parent was written to, and corrects a counter that does
 * not agree with the block map.
 */
final class VdiWriter implements ImageWriter {
  /** {@code uuidModify}, in the header. */
  private static final long MODIFIED_OFFSET = 408;

  private final VdiState state;
  private final VdiAllocator allocator;
  private final Object starting = new Object();
  private volatile boolean started;

  private VdiWriter(VdiState state, VdiAllocator allocator) {
    this.state = state;
    this.allocator = allocator;
  }

  /**
   * Opens the write side.
   *
   * @throws io.github.vdiskfs.image.ImageException of kind {@code READ_ONLY} where the block map is
   *     damaged
   */
  static VdiWriter open(VdiState state) throws IOException {
    VdiAllocator allocator = VdiAllocator.scan(state);
    state.storage().allowWriting();
    return new VdiWriter(state, allocator);
  }

  /** Does what must be durable before the first change. */
  void start() throws IOException {
    state.dirty().checkUsable();
    if (!started) {
      synchronized (starting) {
        if (!started) {
          startOnce();
          started = true;
        }
      }
    }
  }

  private void startOnce() throws IOException {
    UUID modified = UUID.randomUUID();
    byte[] bytes =
        ByteBuffer.allocate(2 * Long.BYTES)
            .putLong(modified.getMostSignificantBits())
            .putLong(modified.getLeastSignificantBits())
            .array();
    synchronized (state.dirty()) {
      state.dirty().patch(Stage.ALLOCATION, state.storage(), MODIFIED_OFFSET, bytes);
      if (state.counted() != allocator.end()) {
        state.count(allocator.end());
      }
    }
    state.flush();
    openRoom();
  }

  /** A file that ends before block 0 gets all of its room for the block map. */
  private void openRoom() throws IOException {
    BlockMap map = state.map();
    if (state.storage().size() < map.dataOffset()) {
      state.storage().truncate(map.dataOffset());
      state.moved(map.blocksOffset(), map.dataOffset());
    }
  }

  @Override
  public long unit() {
    return state.blockSize();
  }

  @Override
  public Placement placement(long guestOffset, long length) throws IOException {
    start();
    Extent extent = state.map().map(guestOffset, length, state.sizeBytes());
    return switch (extent.kind()) {
      case DATA, FLAT -> Placement.inPlace(extent);
      default -> Placement.reserve(extent.length());
    };
  }

  /** Blocks are reserved one by one. */
  @Override
  public Reservation reserve(long guestOffset, long length) throws IOException {
    start();
    if (mustWaitForFreed()) {
      state.flush();
    }
    synchronized (state.dirty()) {
      state.dirty().checkUsable();
      return new VdiReservation(
          state, allocator, guestOffset / state.blockSize(), allocator.take());
    }
  }

  /**
   * An image never has more host blocks than its disk has blocks: QEMU takes such an entry for
   * damage. Where the next one would be, freed blocks wait for a flush.
   */
  private boolean mustWaitForFreed() {
    synchronized (state.dirty()) {
      return allocator.nextFree() >= state.blocks() && state.dirty().dirtyBytes() > 0;
    }
  }

  @Override
  public long zero(long guestOffset, long length) throws IOException {
    start();
    return new VdiZeroer(state, allocator).zero(guestOffset, length);
  }

  @Override
  public void checkSize(long sizeBytes) throws IOException {
    state.checkBlocks(state.blocksOf(sizeBytes));
  }

  @Override
  public void resize(long sizeBytes) throws IOException {
    start();
    new VdiResizer(state, allocator).resize(sizeBytes);
  }

  @Override
  public void flush() throws IOException {
    state.flush();
  }

  @Override
  public long dirtyBytes() {
    return state.dirty().dirtyBytes();
  }

  /** Leaves the blocks without gaps, as other programs expect them. */
  @Override
  public void finish() throws IOException {
    state.flush();
    if (started) {
      new VdiCompactor(state, allocator).compact();
    }
  }
}
