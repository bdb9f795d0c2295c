// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Extent.Kind;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.Table;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.image.TablePage;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteOrder;

/**
 * The block map and the blocks that it leads to, for as long as both stay where they are. What a
 * guest block index or a block number on the host means in bytes is known here only.
 *
 * <p>In an image without a parent an unallocated block is zero by the image's own word, and {@code
 * qemu-img map} calls it present; so it is a {@code ZERO} without host space and not a {@code
 * HOLE}.
 */
final class BlockMap {
  /** {@code VDI_IMAGE_BLOCK_FREE}: never allocated; what is below shows through. */
  static final long FREE = 0xFFFFFFFFL;

  /** {@code VDI_IMAGE_BLOCK_ZERO}: discarded; hides what is below. Greater entries are no data. */
  static final long ZERO = 0xFFFFFFFEL;

  private final Storage storage;
  private final VdiType type;
  private final long blocksOffset;
  private final long dataOffset;
  private final long blockSize;
  private final int blockBits;
  private final Table table;

  /**
   * The map of an image as its header describes it.
   *
   * @param blocksOffset host offset of the map, in bytes
   * @param dataOffset host offset of host block 0, in bytes
   */
  BlockMap(
      Storage storage, VdiHeader header, long blocksOffset, long dataOffset, TableCache tables) {
    this.storage = storage;
    this.type = header.type();
    this.blocksOffset = blocksOffset;
    this.dataOffset = dataOffset;
    this.blockSize = header.blockSize();
    this.blockBits = Long.numberOfTrailingZeros(blockSize);
    // The table takes all the room that there is, so that a disk can grow into it.
    long room = Math.min(dataOffset, storage.size()) - blocksOffset;
    this.table =
        new Table(
            tables,
            storage,
            blocksOffset,
            Math.max(0, room / Integer.BYTES),
            Integer.BYTES,
            ByteOrder.LITTLE_ENDIAN);
  }

  Table table() {
    return table;
  }

  long blocksOffset() {
    return blocksOffset;
  }

  long dataOffset() {
    return dataOffset;
  }

  /** Entry {@code block}: {@link #FREE}, {@link #ZERO} or a block number on the host. */
  long entry(long block) throws IOException {
    return table.page(block).int32(block);
  }

  /** True where the entry is a block number on the host. */
  static boolean isData(long entry) {
    return entry < ZERO;
  }

  /** Where a host block starts; the one behind the last, where it ends. */
  long hostOffset(long hostBlock) {
    return dataOffset + (hostBlock << blockBits);
  }

  /** The number of the first host block that begins at or behind a host offset. */
  long hostBlockFrom(long hostOffset) {
    return Math.max(0, hostOffset - dataOffset + blockSize - 1) >>> blockBits;
  }

  /** As {@link io.github.vdiskfs.image.Image#map}, of a disk of {@code sizeBytes}. */
  Extent map(long guestOffset, long length, long sizeBytes) throws IOException {
    long want = Math.min(length, sizeBytes - guestOffset);
    long block = guestOffset >>> blockBits;
    long inBlock = guestOffset & (blockSize - 1);
    TablePage page = table.page(block);
    long entry = page.int32(block);
    if (!isData(entry)) {
      return absent(page, block, inBlock, want);
    }
    if (!liesInFile(block, entry, sizeBytes)) {
      throw outside(block, entry);
    }
    long run = Math.min(want, dataRun(page, block, inBlock, want, sizeBytes));
    long hostOffset = hostOffset(entry) + inBlock;
    return type == VdiType.STATIC
        ? Extent.flat(storage, hostOffset, run)
        : Extent.data(storage, hostOffset, run);
  }

  private Extent absent(TablePage page, long block, long inBlock, long want) {
    Kind kind = kindOf(page.int32(block));
    long run = blockSize - inBlock;
    long next = block + 1;
    while (run < want && page.contains(next) && kindOf(page.int32(next)) == kind) {
      run += blockSize;
      next++;
    }
    run = Math.min(run, want);
    return kind == Kind.BACKING ? Extent.backing(run) : Extent.zero(run);
  }

  private Kind kindOf(long entry) {
    if (isData(entry)) {
      return Kind.DATA;
    }
    return entry == FREE && type == VdiType.DIFFERENCING ? Kind.BACKING : Kind.ZERO;
  }

  /** Bytes from {@code inBlock} on that stand in a row on the host; a bad entry ends the row. */
  private long dataRun(TablePage page, long block, long inBlock, long want, long sizeBytes) {
    long run = blockSize - inBlock;
    long next = block + 1;
    long expected = page.int32(block) + 1;
    while (run < want
        && page.contains(next)
        && page.int32(next) == expected
        && isData(expected)
        && liesInFile(next, expected, sizeBytes)) {
      run += blockSize;
      next++;
      expected++;
    }
    return run;
  }

  /** Of the last block only the bytes that belong to the disk need be there. */
  boolean liesInFile(long block, long entry, long sizeBytes) {
    long used = Math.min(blockSize, sizeBytes - (block << blockBits));
    return hostOffset(entry) + used <= storage.size();
  }

  private ImageException outside(long block, long entry) {
    return ImageException.corrupt(
        storage,
        table.hostOffsetOf(block),
        "block map entry "
            + block
            + " is "
            + entry
            + ", expected a block that ends inside the file ("
            + storage.size()
            + ")");
  }
}
