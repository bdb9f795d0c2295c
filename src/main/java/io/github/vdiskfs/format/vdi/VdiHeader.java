// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import static io.github.vdiskfs.image.ImageException.badField;
import static io.github.vdiskfs.image.ImageException.unsupported;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The pre-header and header of a VDI, checked. Field names in messages are those of VirtualBox's
 * {@code VDICore.h}.
 *
 * @param type {@code u32Type} at 76
 * @param blocksOffset {@code offBlocks} at 340: host offset of the block map, in bytes
 * @param dataOffset {@code offData} at 344: host offset of block 0, in bytes
 * @param diskSize {@code cbDisk} at 368: bytes of the disk, rounded up to sectors
 * @param blockSize {@code cbBlock} at 376: bytes of a block, a power of two
 * @param blocks {@code cBlocks} at 384: entries of the block map
 * @param identity {@code uuidCreate} at 392 and {@code uuidModify} at 408
 * @param parent {@code uuidLinkage} at 424 and {@code uuidParentModify} at 440: the parent's
 *     identity when the image was made; both zero where there is no parent
 */
record VdiHeader(
    VdiType type,
    long blocksOffset,
    long dataOffset,
    long diskSize,
    int blockSize,
    long blocks,
    VdiIdentity identity,
    VdiIdentity parent) {

  /** {@code VDI_IMAGE_SIGNATURE}, at 64. */
  static final int SIGNATURE = 0xBEDA107F;

  /** {@code u32Version} at 68: the only one in use. */
  static final int VERSION_1_1 = 0x00010001;

  /** The pre-header; {@code cbHeader} at 72 counts from here. */
  private static final int PRE_HEADER_BYTES = 72;

  /** {@code cbHeader} without the logical geometry that VirtualBox appended later. */
  private static final int MIN_HEADER_BYTES = 384;

  /** Everything up to the last UUID. */
  private static final int READ_BYTES = PRE_HEADER_BYTES + MIN_HEADER_BYTES;

  /** {@code cbSector} at 360: no other size was ever defined. */
  private static final int SECTOR_BYTES = 512;

  /** Smaller blocks than a page make no sense on any host, and maps that are longer than data. */
  private static final long MIN_BLOCK_BYTES = 4 << 10;

  /** VirtualBox makes blocks of 1 MiB unless told otherwise; 2^32 blocks of this fit in a long. */
  private static final long MAX_BLOCK_BYTES = 256 << 20;

  /** True where the file has the signature. */
  static boolean isSigned(Storage storage) throws IOException {
    return storage.size() >= PRE_HEADER_BYTES && load(storage).getInt(64) == SIGNATURE;
  }

  /** Reads and checks the header. */
  static VdiHeader read(Storage storage) throws IOException {
    ByteBuffer bytes = loadSigned(storage);
    VdiType type = type(storage, bytes);
    checkFixedFields(storage, bytes);
    int blockSize = blockSize(storage, bytes);
    VdiHeader header =
        new VdiHeader(
            type,
            u32(bytes, 340),
            u32(bytes, 344),
            diskSize(storage, bytes, blockSize),
            blockSize,
            u32(bytes, 384),
            identity(bytes),
            VdiIdentity.at(bytes, 424, 440));
    header.checkOffsets(storage, u32(bytes, 72));
    header.checkParent(storage);
    return header;
  }

  /** The identity of a possible parent, whatever else is the matter with it. */
  static VdiIdentity readIdentity(Storage storage) throws IOException {
    return identity(loadSigned(storage));
  }

  private static VdiIdentity identity(ByteBuffer bytes) {
    return VdiIdentity.at(bytes, 392, 408);
  }

  private static ByteBuffer load(Storage storage) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(READ_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    storage.read(bytes, 0);
    return bytes;
  }

  private static ByteBuffer loadSigned(Storage storage) throws IOException {
    if (storage.size() < READ_BYTES) {
      throw badField(
          storage, "file size", storage.size(), "at least " + READ_BYTES + " bytes of header");
    }
    ByteBuffer bytes = load(storage);
    if (bytes.getInt(64) != SIGNATURE) {
      throw badField(storage, "signature", hex(bytes.getInt(64)), hex(SIGNATURE));
    }
    int version = bytes.getInt(68);
    if (version != VERSION_1_1) {
      throw unsupported(storage, "VDI version " + (version >>> 16) + "." + (version & 0xFFFF));
    }
    return bytes;
  }

  private static VdiType type(Storage storage, ByteBuffer bytes) throws ImageException {
    return switch (bytes.getInt(76)) {
      case 1 -> VdiType.DYNAMIC;
      case 2 -> VdiType.STATIC;
      case 3 -> throw unsupported(storage, "undo images (VDI type 3)");
      case 4 -> VdiType.DIFFERENCING;
      default ->
          throw badField(storage, "image type", u32(bytes, 76), "1 (dynamic), 2 (static) or 4");
    };
  }

  private static void checkFixedFields(Storage storage, ByteBuffer bytes) throws ImageException {
    if (u32(bytes, 72) < MIN_HEADER_BYTES) {
      throw badField(storage, "cbHeader", u32(bytes, 72), "at least " + MIN_HEADER_BYTES);
    }
    if (u32(bytes, 360) != SECTOR_BYTES) {
      throw badField(storage, "cbSector", u32(bytes, 360), "" + SECTOR_BYTES);
    }
    if (u32(bytes, 380) != 0) {
      throw unsupported(storage, "extra data in front of blocks (cbBlockExtra)");
    }
  }

  private static int blockSize(Storage storage, ByteBuffer bytes) throws ImageException {
    long size = u32(bytes, 376);
    if (size < MIN_BLOCK_BYTES || size > MAX_BLOCK_BYTES || Long.bitCount(size) != 1) {
      throw badField(
          storage,
          "cbBlock",
          size,
          "a power of two from " + MIN_BLOCK_BYTES + " to " + MAX_BLOCK_BYTES);
    }
    return (int) size;
  }

  /** A disk that ends inside a sector is shown up to the end of that sector, as QEMU does. */
  private static long diskSize(Storage storage, ByteBuffer bytes, int blockSize)
      throws ImageException {
    long size = bytes.getLong(368);
    long room = u32(bytes, 384) * blockSize;
    if (size < 0 || size > room) {
      throw badField(
          storage,
          "cbDisk",
          Long.toUnsignedString(size),
          "at most " + room + ", for which the block map has entries");
    }
    return (size + SECTOR_BYTES - 1) & -SECTOR_BYTES;
  }

  private void checkOffsets(Storage storage, long headerBytes) throws ImageException {
    if (blocksOffset < PRE_HEADER_BYTES + headerBytes) {
      throw badField(
          storage,
          "offBlocks",
          blocksOffset,
          "at least " + (PRE_HEADER_BYTES + headerBytes) + ", behind the header");
    }
    long mapEnd = blocksOffset + blocks * Integer.BYTES;
    if (dataOffset < mapEnd) {
      throw badField(
          storage, "offData", dataOffset, "at least " + mapEnd + ", behind the block map");
    }
    if (mapEnd > storage.size()) {
      throw badField(
          storage,
          "cBlocks",
          blocks,
          "a block map that ends inside the file (" + storage.size() + ")");
    }
  }

  /** An image with a parent is never taken for one without, nor the other way round. */
  private void checkParent(Storage storage) throws ImageException {
    boolean linked = !parent.image().equals(VdiIdentity.NONE);
    if (linked != (type == VdiType.DIFFERENCING)) {
      throw badField(
          storage,
          "uuidLinkage",
          parent.image(),
          linked ? "zero in an image that is not differencing" : "the UUID of the parent");
    }
  }

  private static long u32(ByteBuffer bytes, int at) {
    return bytes.getInt(at) & 0xFFFFFFFFL;
  }

  private static String hex(int value) {
    return String.format("0x%08x", value);
  }
}
