// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageInfo;
import io.github.vdiskfs.image.Table;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.image.TablePage;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A dynamic or differencing image: a look into the BAT and one into the block's bitmap.
 *
 * <p>In a dynamic image a sector that was never written is zero by the image's own word, and {@code
 * qemu-img map} calls it present; so it is a {@code ZERO} without host space and not a {@code
 * HOLE}.
 */
final class DynamicVpcImage implements Image {
  /** BAT entry of a block that was never allocated. */
  private static final long UNUSED = 0xFFFFFFFFL;

  private static final int SECTOR_BITS = 9;

  private final Storage storage;
  private final TableCache tables;
  private final boolean hasParent;
  private final long blockSize;
  private final int blockBits;
  private final int bitmapBytes;
  private final long headerOffset;
  private final ImageInfo info;
  private final Table bat;

  DynamicVpcImage(
      Storage storage,
      VpcFooter footer,
      DynamicHeader header,
      @Nullable BackingReference parent,
      TableCache tables) {
    this.storage = storage;
    this.tables = tables;
    this.hasParent = parent != null;
    this.blockSize = header.blockSize();
    this.blockBits = Long.numberOfTrailingZeros(blockSize);
    this.bitmapBytes = SectorBitmap.sizeBytes(header.blockSize());
    this.headerOffset = footer.dataOffset();
    this.info =
        new ImageInfo(
            VpcFormat.NAME,
            footer.virtualSize(),
            blockSize,
            parent,
            false,
            false,
            List.of(),
            Map.of(),
            List.of());
    this.bat =
        new Table(
            tables,
            storage,
            header.tableOffset(),
            header.maxTableEntries(),
            Integer.BYTES,
            ByteOrder.BIG_ENDIAN);
  }

  @Override
  public ImageInfo info() {
    return info;
  }

  @Override
  public Extent map(long guestOffset, long length) throws IOException {
    long want = Math.min(length, size() - guestOffset);
    long block = guestOffset >>> blockBits;
    long inBlock = guestOffset & (blockSize - 1);
    TablePage page = bat.page(block);
    long entry = page.int32(block);
    if (entry == UNUSED) {
      return absent(Math.min(want, unusedRun(page, block, inBlock, want)));
    }
    long bitmapOffset = entry << SECTOR_BITS;
    check(block, bitmapOffset);
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
    TablePage bitmap = bitmap(bitmapOffset);
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

  /** A bitmap fits on one page of a table. */
  private TablePage bitmap(long bitmapOffset) throws IOException {
    int words = bitmapBytes / Long.BYTES;
    return new Table(tables, storage, bitmapOffset, words, Long.BYTES, ByteOrder.BIG_ENDIAN)
        .page(0);
  }

  /** Of the last block only the bytes that belong to the disk need be there. */
  private void check(long block, long bitmapOffset) throws ImageException {
    long used = Math.min(blockSize, size() - (block << blockBits));
    long end = bitmapOffset + bitmapBytes + used;
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

  @Override
  public void close() throws IOException {
    storage.close();
  }
}
