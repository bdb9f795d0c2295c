// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Extent.Kind;
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
 * An opened VDI: one look into the block map per question.
 *
 * <p>In an image without a parent an unallocated block is zero by the image's own word, and {@code
 * qemu-img map} calls it present; so it is a {@code ZERO} without host space and not a {@code
 * HOLE}.
 */
final class VdiImage implements Image {
  /** {@code VDI_IMAGE_BLOCK_FREE}: never allocated; what is below shows through. */
  private static final long FREE = 0xFFFFFFFFL;

  /** {@code VDI_IMAGE_BLOCK_ZERO}: discarded; hides what is below. */
  private static final long ZERO = 0xFFFFFFFEL;

  private final Storage storage;
  private final VdiType type;
  private final long dataOffset;
  private final long blockSize;
  private final int blockBits;
  private final ImageInfo info;
  private final Table blockMap;

  VdiImage(
      Storage storage, VdiHeader header, @Nullable BackingReference parent, TableCache tables) {
    this.storage = storage;
    this.type = header.type();
    this.dataOffset = header.dataOffset();
    this.blockSize = header.blockSize();
    this.blockBits = Long.numberOfTrailingZeros(blockSize);
    this.info =
        new ImageInfo(
            VdiFormat.NAME,
            header.diskSize(),
            blockSize,
            parent,
            false,
            false,
            List.of(),
            Map.of(),
            List.of());
    this.blockMap =
        new Table(
            tables,
            storage,
            header.blocksOffset(),
            header.blocks(),
            Integer.BYTES,
            ByteOrder.LITTLE_ENDIAN);
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
    TablePage page = blockMap.page(block);
    long entry = page.int32(block);
    if (entry >= ZERO) {
      return absent(page, block, inBlock, want);
    }
    if (!liesInFile(block, entry)) {
      throw outside(block, entry);
    }
    long hostOffset = dataOffset + (entry << blockBits) + inBlock;
    long run = Math.min(want, dataRun(page, block, entry, inBlock, want));
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
    if (entry < ZERO) {
      return Kind.DATA;
    }
    return entry == FREE && type == VdiType.DIFFERENCING ? Kind.BACKING : Kind.ZERO;
  }

  /** Bytes from {@code inBlock} on that stand in a row on the host; a bad entry ends the row. */
  private long dataRun(TablePage page, long block, long entry, long inBlock, long want) {
    long run = blockSize - inBlock;
    long next = block + 1;
    long expected = entry + 1;
    while (run < want
        && page.contains(next)
        && page.int32(next) == expected
        && expected < ZERO
        && liesInFile(next, expected)) {
      run += blockSize;
      next++;
      expected++;
    }
    return run;
  }

  /** Of the last block only the bytes that belong to the disk need be there. */
  private boolean liesInFile(long block, long entry) {
    long used = Math.min(blockSize, size() - (block << blockBits));
    return dataOffset + (entry << blockBits) + used <= storage.size();
  }

  private ImageException outside(long block, long entry) {
    return ImageException.corrupt(
        storage,
        blockMap.hostOffsetOf(block),
        "block map entry "
            + block
            + " is "
            + entry
            + ", expected a block that ends inside the file ("
            + storage.size()
            + ")");
  }

  @Override
  public void close() throws IOException {
    storage.close();
  }
}
