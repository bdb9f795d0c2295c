// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import io.github.vdiskfs.image.DirtyTables;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.Table;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.List;

/**
 * What an opened image shares with its write side: the file, its changed tables, and those parts of
 * the header that change with the size of the disk. These change while nobody uses the disk.
 */
final class VdiState {
  /** {@code cBlocksAllocated}, in the header: where QEMU and VirtualBox put the next block. */
  private static final long COUNTER_OFFSET = 388;

  private final Storage storage;
  private final VdiHeader header;
  private final TableCache cache;

  /** {@code cBlocksAllocated} as a table of one entry. */
  private final Table counter;

  private final DirtyTables dirty = new DirtyTables();
  private volatile BlockMap map;
  private volatile long sizeBytes;
  private volatile long blocks;

  VdiState(Storage storage, VdiHeader header, TableCache cache) {
    this.storage = storage;
    this.header = header;
    this.cache = cache;
    this.map = new BlockMap(storage, header, header.blocksOffset(), header.dataOffset(), cache);
    this.sizeBytes = header.diskSize();
    this.blocks = header.blocks();
    this.counter =
        new Table(cache, storage, COUNTER_OFFSET, 1, Integer.BYTES, ByteOrder.LITTLE_ENDIAN);
  }

  Storage storage() {
    return storage;
  }

  VdiType type() {
    return header.type();
  }

  long blockSize() {
    return header.blockSize();
  }

  /** The metadata lock, and what is not on the host yet. */
  DirtyTables dirty() {
    return dirty;
  }

  BlockMap map() {
    return map;
  }

  /** Bytes of the disk. */
  long sizeBytes() {
    return sizeBytes;
  }

  /** {@code cBlocks}: entries of the block map. */
  long blocks() {
    return blocks;
  }

  /** Blocks that a disk of {@code size} bytes has. */
  long blocksOf(long size) {
    return size / blockSize() + (size % blockSize() == 0 ? 0 : 1);
  }

  /** The disk has another size from here on. */
  void resized(long newSizeBytes, long newBlocks) {
    blocks = newBlocks;
    sizeBytes = newSizeBytes;
  }

  /** Map and blocks are elsewhere from here on. */
  void moved(long blocksOffset, long dataOffset) {
    map = new BlockMap(storage, header, blocksOffset, dataOffset, cache);
  }

  /**
   * Links a host block to a block of the disk; under the metadata lock. The header claims the space
   * first, since VirtualBox and QEMU allocate by it.
   *
   * @param end 1 + the highest host block in use
   */
  void link(long block, long hostBlock, long end) throws IOException {
    if (end > counted()) {
      count(end);
    }
    setEntry(block, hostBlock);
  }

  /** Changes an entry of the block map; under the metadata lock. */
  void setEntry(long block, long entry) throws IOException {
    dirty.putInt32(DirtyTables.Stage.MAPPING, map.table(), block, entry);
  }

  /** Changes {@code cBlocksAllocated}; under the metadata lock. */
  void count(long allocated) throws IOException {
    dirty.putInt32(DirtyTables.Stage.ALLOCATION, counter, 0, allocated);
  }

  /** {@code cBlocksAllocated}. */
  long counted() throws IOException {
    return counter.page(0).int32(0);
  }

  /** Fails where the disk cannot have as many blocks. */
  void checkBlocks(long count) throws ImageException {
    if (count > VdiAllocator.MAX_BLOCKS) {
      throw new ImageException(
          ImageException.Kind.FIXED_SIZE,
          storage.name()
              + ": a disk of "
              + count
              + " blocks, expected at most "
              + VdiAllocator.MAX_BLOCKS);
    }
  }

  /** See {@link DirtyTables#flush}. */
  void flush() throws IOException {
    dirty.flush(List.of(storage));
  }
}
