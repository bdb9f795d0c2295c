// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.Table;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.image.TablePage;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteOrder;

/**
 * The block allocation table (BAT), and the blocks with their bitmaps that it leads to. What a
 * block index or an entry means in bytes is known here only.
 *
 * <p>In a dynamic image a sector that was never written is zero by the image's own word, and {@code
 * qemu-img map} calls it present; so it is a {@code ZERO} without host space and not a {@code
 * HOLE}.
 */
final class AllocationTable {
  /** Entry of a block that was never allocated. */
  static final long UNUSED = 0xFFFFFFFFL;

  static final int SECTOR_BITS = 9;

  private final Storage storage;
  private final TableCache tables;
  private final boolean hasParent;
  private final long blockSize;
  private final int blockBits;
  private final int bitmapBytes;
  private final long headerOffset;
  private final Table bat;

  AllocationTable(
      Storage storage,
      VpcFooter footer,
      DynamicHeader header,
      boolean hasParent,
      TableCache tables) {
    this.storage = storage;
    this.tables = tables;
    this.hasParent = hasParent;
    this.blockSize = header.blockSize();
    this.blockBits = Long.numberOfTrailingZeros(blockSize);
    this.bitmapBytes = SectorBitmap.sizeBytes(header.blockSize());
    this.headerOffset = footer.dataOffset();
    this.bat =
        new Table(
            tables,
            storage,
            header.tableOffset(),
            header.maxTableEntries(),
            Integer.BYTES,
            ByteOrder.BIG_ENDIAN);
  }

  /** Host offset of the block's bitmap, or -1 where it was never allocated. */
  long bitmapOffset(long block) throws IOException {
    long entry = bat.page(block).int32(block);
    return entry == UNUSED ? -1 : entry << SECTOR_BITS;
  }

  /** The entries themselves. */
  Table entries() {
    return bat;
  }

  int bitmapBytes() {
    return bitmapBytes;
  }

  /** Host bytes of a block: bitmap and data. */
  long hostBytes() {
    return bitmapBytes + blockSize;
  }

  /** The bitmap of a block, as words; it fits on one page. */
  Table bitmap(long bitmapOffset) {
    int words = bitmapBytes / Long.BYTES;
    return new Table(tables, storage, bitmapOffset, words, Long.BYTES, ByteOrder.BIG_ENDIAN);
  }

  /** As {@link io.github.vdiskfs.image.Image#map}, of a disk of {@code sizeBytes}. */
  Extent map(long guestOffset, long length, long sizeBytes) throws IOException {
    long want = Math.min(length, sizeBytes - guestOffset);
    long block = guestOffset >>> blockBits;
    long inBlock = guestOffset & (blockSize - 1);
    TablePage page = bat.page(block);
    long entry = page.int32(block);
    if (entry == UNUSED) {
      return absent(Math.min(want, unusedRun(page, block, inBlock, want)));
    }
    long bitmapOffset = entry << SECTOR_BITS;
    check(block, bitmapOffset, sizeBytes);
    return inBlock(bitmapOffset, inBlock, want);
  }

  private long unusedRun(TablePage page, long block, long inBlock, long want) {
    long run = blockSize - inBlock;
    for (long next = block + 1;
        run < want && page.contains(next) && page.int32(next) == UNUSED;
        next++) {
      run += blockSize;
    }
    return run;
  }

  /** The next block's bitmap stands behind this block's data, so that no run goes on there. */
  private Extent inBlock(long bitmapOffset, long inBlock, long want) throws IOException {
    long most = Math.min(want, blockSize - inBlock);
    int sector = (int) (inBlock >>> SECTOR_BITS);
    int endSector = (int) ((inBlock + most - 1) >>> SECTOR_BITS) + 1;
    TablePage bitmap = bitmap(bitmapOffset).page(0);
    long runSectors = SectorBitmap.run(bitmap, sector, endSector);
    long runEnd = (sector + runSectors) << SECTOR_BITS;
    long length = Math.min(most, runEnd - inBlock);
    return SectorBitmap.isSet(bitmap, sector)
        ? Extent.data(storage, bitmapOffset + bitmapBytes + inBlock, length)
        : absent(length);
  }

  private Extent absent(long length) {
    return hasParent ? Extent.backing(length) : Extent.zero(length);
  }

  /** Host offset behind the last byte of a block that belongs to the disk. */
  long usedEnd(long block, long bitmapOffset, long sizeBytes) {
    long used = Math.min(blockSize, Math.max(0, sizeBytes - (block << blockBits)));
    return bitmapOffset + bitmapBytes + used;
  }

  /** Fails where a block is not where one can be; of the last only what belongs to the disk. */
  void check(long block, long bitmapOffset, long sizeBytes) throws ImageException {
    long end = usedEnd(block, bitmapOffset, sizeBytes);
    if (end > storage.size()) {
      throw badEntry(block, bitmapOffset, "a block that ends inside the file");
    }
    if (overlaps(bitmapOffset, end, 0, VpcFooter.BYTES)
        || overlaps(bitmapOffset, end, headerOffset, headerOffset + DynamicHeader.BYTES)
        || overlaps(bitmapOffset, end, bat.hostOffsetOf(0), bat.hostOffsetOf(bat.entries()))) {
      throw badEntry(block, bitmapOffset, "a block clear of the header and the table");
    }
  }

  private static boolean overlaps(long start, long end, long otherStart, long otherEnd) {
    return start < otherEnd && otherStart < end;
  }

  private ImageException badEntry(long block, long bitmapOffset, String expected) {
    return ImageException.corrupt(
        storage,
        bat.hostOffsetOf(block),
        "BAT entry "
            + block
            + " leads to host offset "
            + bitmapOffset
            + ", expected "
            + expected
            + " ("
            + storage.size()
            + ")");
  }
}
