// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow;

import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The header; all numbers are unsigned and big-endian. What {@link #read} returns has passed every
 * check.
 *
 * @param version always 1
 * @param backingFileOffset host offset of the backing file's name; 0: none
 * @param backingFileSize bytes of that name
 * @param sizeBytes virtual size; 0 in a new image that has room to grow
 * @param clusterBits cluster size as a power of two
 * @param l2Bits entries of an L2 table as a power of two
 * @param cryptMethod 0 none, 1 AES
 * @param l1TableOffset host offset of the L1 table, whose length follows from the size
 */
record QcowHeader(
    long version,
    long backingFileOffset,
    long backingFileSize,
    long sizeBytes,
    int clusterBits,
    int l2Bits,
    long cryptMethod,
    long l1TableOffset) {
  /** "QFI" and 0xFB. */
  static final int MAGIC = 0x514649FB;

  static final int VERSION = 1;

  /** Of the header; the backing file's name usually follows. */
  static final int BYTES = 48;

  /** Size fields of the file are rounded down to this, as QEMU does. */
  private static final long SECTOR_BYTES = 512;

  /** QEMU's limits: clusters of 512 bytes to 64 KiB. */
  private static final int MIN_CLUSTER_BITS = 9;

  private static final int MAX_CLUSTER_BITS = 16;

  /** QEMU's limits: L2 tables of 512 bytes to 64 KiB. */
  private static final int MIN_L2_BITS = MIN_CLUSTER_BITS - 3;

  private static final int MAX_L2_BITS = MAX_CLUSTER_BITS - 3;

  /** QEMU's limit: the L1 table has less than 2 GiB. It is never held as a whole. */
  private static final long MAX_L1_ENTRIES = Integer.MAX_VALUE / Long.BYTES;

  /** L1 entries of a new image without a size: in clusters of 4 KiB they stand for 1 TiB. */
  private static final long ROOM_L1_ENTRIES = 1 << 19;

  /** QEMU's limit. */
  private static final long MAX_BACKING_NAME_BYTES = 1023;

  /** Reads and checks the header. */
  static QcowHeader read(Storage storage) throws IOException {
    ByteBuffer in = ByteBuffer.allocate(BYTES);
    storage.read(in, 0);
    in.flip();
    if (in.getInt() != MAGIC) {
      throw new ImageException(
          ImageException.Kind.NOT_AN_IMAGE, storage.name() + ": no qcow signature");
    }
    QcowHeader header = parse(in);
    header.check(storage);
    return header;
  }

  private static QcowHeader parse(ByteBuffer in) {
    return new QcowHeader(
        in.getInt(4) & 0xFFFFFFFFL,
        in.getLong(8),
        in.getInt(16) & 0xFFFFFFFFL,
        in.getLong(24),
        in.get(32) & 0xFF,
        in.get(33) & 0xFF,
        in.getInt(36) & 0xFFFFFFFFL,
        in.getLong(40));
  }

  private void check(Storage storage) throws ImageException {
    if (version != VERSION) {
      throw ImageException.unsupported(storage, "qcow version " + version);
    }
    if (cryptMethod != 0) {
      throw ImageException.unsupported(
          storage,
          (cryptMethod == 1 ? "encryption with AES" : "encryption")
              + " (crypt_method "
              + cryptMethod
              + ")");
    }
    checkRange(storage, "cluster_bits", clusterBits, MIN_CLUSTER_BITS, MAX_CLUSTER_BITS);
    checkRange(storage, "l2_bits", l2Bits, MIN_L2_BITS, MAX_L2_BITS);
    long least = isGrowable() && hasRoom(storage) ? 0 : 2;
    checkRange(storage, "size", sizeBytes, least, MAX_L1_ENTRIES << l1Shift());
    checkRange(storage, "l1_table_offset", l1TableOffset, 0, storage.size());
    if (backingFileOffset != 0) {
      checkRange(storage, "backing_file_offset", backingFileOffset, 0, storage.size());
      checkRange(storage, "backing_file_size", backingFileSize, 0, MAX_BACKING_NAME_BYTES);
    }
  }

  private boolean hasRoom(Storage storage) {
    return l1TableOffset >= BYTES
        && l1TableOffset <= storage.size() - ROOM_L1_ENTRIES * QcowTables.ENTRY_BYTES;
  }

  /** Fails where such an image cannot be made. */
  void checkNew(Storage target) throws ImageException {
    checkRange(target, "size", sizeBytes, 0, MAX_L1_ENTRIES << l1Shift());
    checkRange(target, "backing_file_size", backingFileSize, 0, MAX_BACKING_NAME_BYTES);
  }

  /** The bytes that {@link #read} reads. */
  ByteBuffer toBytes() {
    ByteBuffer out = ByteBuffer.allocate(BYTES);
    out.putInt(MAGIC).putInt((int) version);
    out.putLong(backingFileOffset).putInt((int) backingFileSize).putInt(0);
    out.putLong(sizeBytes).put((byte) clusterBits).put((byte) l2Bits).putShort((short) 0);
    out.putInt((int) cryptMethod).putLong(l1TableOffset);
    return out.flip();
  }

  private static void checkRange(Storage storage, String field, long found, long least, long most)
      throws ImageException {
    if (found < least || found > most) {
      throw ImageException.badField(
          storage, field, Long.toUnsignedString(found), least + " to " + most);
    }
  }

  /** Reads the backing file's name. */
  @Nullable BackingReference backing(Storage storage) throws IOException {
    if (backingFileOffset == 0) {
      return null;
    }
    ByteBuffer name = ByteBuffer.allocate((int) backingFileSize);
    storage.read(name, backingFileOffset);
    int length = 0;
    while (length < name.capacity() && name.get(length) != 0) {
      length++;
    }
    return length == 0
        ? null
        : new BackingReference(new String(name.array(), 0, length, StandardCharsets.UTF_8), null);
  }

  /** Virtual size as the guest sees it: whole sectors. */
  long virtualSize() {
    return sizeBytes / SECTOR_BYTES * SECTOR_BYTES;
  }

  long clusterBytes() {
    return 1L << clusterBits;
  }

  /** Guest bytes that one L1 entry stands for, as a power of two. */
  int l1Shift() {
    return clusterBits + l2Bits;
  }

  /** True for a new image that gets its size from what is written to it. */
  boolean isGrowable() {
    return sizeBytes == 0 && backingFileOffset == 0;
  }

  /** Sizes are whole sectors; what is over makes one more. */
  static long wholeSectors(long bytes) {
    return Math.addExact(bytes, SECTOR_BYTES - 1) / SECTOR_BYTES * SECTOR_BYTES;
  }

  long l1Entries() {
    return isGrowable() ? ROOM_L1_ENTRIES : ((sizeBytes - 1) >>> l1Shift()) + 1;
  }

  long l2Entries() {
    return 1L << l2Bits;
  }
}
