// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import io.github.vdiskfs.image.DirtyTables.Stage;
import io.github.vdiskfs.image.ImageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Changes the size of the disk while nobody uses it. New map entries are written before the header
 * makes them count, both in one flush; blocks that are cut off are free when the header is durable.
 *
 * <p>Where the map has no room to grow, the first blocks of the file move to its end, the map goes
 * where they were, and one write of two neighbouring header fields makes it count.
 */
final class VdiResizer {
  private static final int SECTOR_BYTES = 512;

  /** {@code offBlocks} and {@code offData}, side by side in the header. */
  private static final long OFFSETS_OFFSET = 340;

  /** {@code cbDisk}, {@code cbBlock}, {@code cbBlockExtra}, {@code cBlocks}, side by side. */
  private static final long SIZES_OFFSET = 368;

  /** Map entries of one write. */
  private static final int CHUNK_ENTRIES = 16 << 10;

  /** Tables hold at most this many changed bytes before they are written. */
  private static final long MAX_DIRTY_BYTES = 16 << 20;

  private final VdiState state;
  private final VdiAllocator allocator;

  VdiResizer(VdiState state, VdiAllocator allocator) {
    this.state = state;
    this.allocator = allocator;
  }

  /** As {@link io.github.vdiskfs.image.ImageWriter#resize}; rounded up to sectors. */
  void resize(long sizeBytes) throws IOException {
    state.dirty().checkUsable();
    state.checkBlocks(sizeBytes / state.blockSize());
    long newSize = (sizeBytes + SECTOR_BYTES - 1) & -SECTOR_BYTES;
    long newBlocks = state.blocksOf(newSize);
    state.checkBlocks(newBlocks);
    if (newBlocks > state.map().table().entries()) {
      makeRoom(newBlocks);
    }
    if (newSize > state.sizeBytes()) {
      completeLastBlock();
      addEntries(newBlocks);
    }
    long oldBlocks = state.blocks();
    synchronized (state.dirty()) {
      state.dirty().patch(Stage.ROOT, state.storage(), SIZES_OFFSET, sizes(newSize, newBlocks));
      state.resized(newSize, newBlocks);
    }
    if (newBlocks < oldBlocks) {
      state.flush();
      cutOff(newBlocks, oldBlocks);
    }
  }

  private byte[] sizes(long sizeBytes, long blocks) {
    return littleEndian(20)
        .putLong(sizeBytes)
        .putInt((int) state.blockSize())
        .putInt(0)
        .putInt((int) blocks)
        .array();
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** What stands in the last block behind the old end must not become a part of the disk. */
  private void completeLastBlock() throws IOException {
    long size = state.sizeBytes();
    long inBlock = size % state.blockSize();
    if (inBlock == 0) {
      return;
    }
    long entry = state.map().entry(size / state.blockSize());
    if (BlockMap.isData(entry)) {
      long blockEnd = state.map().hostOffset(entry + 1);
      long stale = state.blockSize() - inBlock;
      state.storage().zero(blockEnd - stale, stale);
      if (state.storage().size() < blockEnd) {
        state.storage().truncate(blockEnd);
      }
    }
  }

  private void addEntries(long newBlocks) throws IOException {
    for (long from = state.blocks(); from < newBlocks; ) {
      long to = Math.min(newBlocks, from + CHUNK_ENTRIES);
      synchronized (state.dirty()) {
        for (long block = from; block < to; block++) {
          state.setEntry(block, BlockMap.FREE);
        }
      }
      if (state.dirty().dirtyBytes() > MAX_DIRTY_BYTES) {
        state.flush();
      }
      from = to;
    }
  }

  /**
   * Frees the blocks behind the new end, which is durable. Their entries stay as they are: an image
   * that grows again starts with new ones.
   */
  private void cutOff(long newBlocks, long oldBlocks) throws IOException {
    for (long block = newBlocks; block < oldBlocks; block++) {
      long entry = state.map().entry(block);
      if (BlockMap.isData(entry)) {
        synchronized (state.dirty()) {
          allocator.free(entry, 1);
        }
      }
    }
  }

  private void makeRoom(long newBlocks) throws IOException {
    BlockMap old = state.map();
    long blocksOffset = (old.dataOffset() + SECTOR_BYTES - 1) & -SECTOR_BYTES;
    long bytes = blocksOffset - old.dataOffset() + newBlocks * Integer.BYTES;
    long taken = state.blocksOf(bytes);
    long dataOffset = old.hostOffset(taken);
    if (dataOffset > 0xFFFFFFFFL) {
      throw new ImageException(
          ImageException.Kind.FIXED_SIZE,
          state.storage().name() + ": the block map cannot grow beyond 4 GiB");
    }
    clearFirst(taken);
    if (state.storage().size() < dataOffset) {
      state.storage().truncate(dataOffset);
    }
    copyMap(blocksOffset, taken);
    byte[] offsets = littleEndian(8).putInt((int) blocksOffset).putInt((int) dataOffset).array();
    synchronized (state.dirty()) {
      state.dirty().patch(Stage.ROOT, state.storage(), OFFSETS_OFFSET, offsets);
    }
    state.flush();
    synchronized (state.dirty()) {
      allocator.dropFirst(taken);
      state.moved(blocksOffset, dataOffset);
      state.count(allocator.end());
    }
  }

  /** Moves the first {@code count} blocks of the file away. */
  private void clearFirst(long count) throws IOException {
    BlockMover mover = new BlockMover(state, allocator);
    for (long block = 0; block < state.blocks(); block++) {
      long entry = state.map().entry(block);
      if (entry < count) {
        mover.move(block, entry, count);
      }
    }
    state.flush();
  }

  /** Writes the map as it is with {@code dropped} blocks less in front. */
  private void copyMap(long blocksOffset, long dropped) throws IOException {
    for (long from = 0; from < state.blocks(); from += CHUNK_ENTRIES) {
      int n = (int) Math.min(CHUNK_ENTRIES, state.blocks() - from);
      ByteBuffer chunk = littleEndian(n * Integer.BYTES);
      for (long block = from; block < from + n; block++) {
        long entry = state.map().entry(block);
        chunk.putInt((int) (BlockMap.isData(entry) ? entry - dropped : entry));
      }
      state.storage().write(chunk.flip(), blocksOffset + from * Integer.BYTES);
    }
  }
}
