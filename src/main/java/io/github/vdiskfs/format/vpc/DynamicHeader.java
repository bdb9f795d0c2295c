// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import static io.github.vdiskfs.image.ImageException.badField;
import static io.github.vdiskfs.image.ImageException.unsupported;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * The dynamic disk header, checked ("Dynamic Disk Header Field Descriptions").
 *
 * @param tableOffset Table Offset at 16: host offset of the BAT, in bytes
 * @param maxTableEntries Max Table Entries at 28
 * @param blockSize Block Size at 32: bytes of a block's data, a power of two
 * @param parentUniqueId Parent Unique ID at 40
 * @param parentTimeStamp Parent Time Stamp at 56: when the parent was last modified, in seconds
 *     since 2000; often 0
 * @param parentUnicodeName Parent Unicode Name at 64, UTF-16 big-endian, 512 bytes
 * @param locators Parent Locator Entries at 576, eight of 24 bytes
 */
record DynamicHeader(
    long tableOffset,
    long maxTableEntries,
    int blockSize,
    UUID parentUniqueId,
    long parentTimeStamp,
    String parentUnicodeName,
    List<ParentLocator> locators) {

  /** Bytes of the header. */
  static final int BYTES = 1024;

  static final int CHECKSUM_AT = 36;

  /** "cxsparse", at 0. */
  static final long COOKIE = 0x6378737061727365L;

  /** A bitmap takes at least a sector: with blocks below this most of the file would be bitmaps. */
  private static final long MIN_BLOCK_BYTES = 4 << 10;

  /** The bitmap of such a block is one page of a table. Windows uses 512 KiB and 2 MiB. */
  private static final long MAX_BLOCK_BYTES = 256 << 20;

  private static final int LOCATORS = 8;

  /** Reads and checks the header that a footer points to. */
  static DynamicHeader read(Storage storage, VpcFooter footer) throws IOException {
    ByteBuffer bytes = load(storage, footer.dataOffset());
    int blockSize = blockSize(storage, bytes);
    DynamicHeader header =
        new DynamicHeader(
            bytes.getLong(16),
            bytes.getInt(28) & 0xFFFFFFFFL,
            blockSize,
            new UUID(bytes.getLong(40), bytes.getLong(48)),
            bytes.getInt(56) & 0xFFFFFFFFL,
            StandardCharsets.UTF_16BE.decode(bytes.slice(64, 512)).toString(),
            IntStream.range(0, LOCATORS)
                .mapToObj(i -> ParentLocator.at(bytes, 576 + i * ParentLocator.BYTES))
                .toList());
    header.checkTable(storage, footer.virtualSize());
    return header;
  }

  private static ByteBuffer load(Storage storage, long hostOffset) throws IOException {
    if (hostOffset < VpcFooter.BYTES || hostOffset > storage.size() - BYTES) {
      throw badField(
          storage,
          "Data Offset",
          Long.toUnsignedString(hostOffset),
          "a header inside the file (" + storage.size() + ")");
    }
    ByteBuffer bytes = ByteBuffer.allocate(BYTES);
    storage.read(bytes, hostOffset);
    if (bytes.getLong(0) != COOKIE) {
      throw ImageException.corrupt(storage, hostOffset, "no dynamic disk header (\"cxsparse\")");
    }
    if (!Checksum.isRight(bytes, CHECKSUM_AT)) {
      throw ImageException.corrupt(
          storage,
          hostOffset,
          "the checksum of the dynamic disk header is " + Checksum.describe(bytes, CHECKSUM_AT));
    }
    int version = bytes.getInt(24);
    if (version >>> 16 != 1) {
      throw unsupported(
          storage, "dynamic disk header " + (version >>> 16) + "." + (version & 0xFFFF));
    }
    return bytes;
  }

  private static int blockSize(Storage storage, ByteBuffer bytes) throws ImageException {
    long size = bytes.getInt(32) & 0xFFFFFFFFL;
    if (size < MIN_BLOCK_BYTES || size > MAX_BLOCK_BYTES || Long.bitCount(size) != 1) {
      throw badField(
          storage,
          "Block Size",
          size,
          "a power of two from " + MIN_BLOCK_BYTES + " to " + MAX_BLOCK_BYTES);
    }
    return (int) size;
  }

  private void checkTable(Storage storage, long virtualSize) throws ImageException {
    long needed = (virtualSize + blockSize - 1) / blockSize;
    if (maxTableEntries < needed) {
      throw badField(
          storage,
          "Max Table Entries",
          maxTableEntries,
          "at least " + needed + " for " + virtualSize + " bytes");
    }
    long room = storage.size() - maxTableEntries * Integer.BYTES;
    if (tableOffset < VpcFooter.BYTES || tableOffset > room) {
      throw badField(
          storage,
          "Table Offset",
          Long.toUnsignedString(tableOffset),
          "a table of " + maxTableEntries + " entries inside the file (" + storage.size() + ")");
    }
  }
}
