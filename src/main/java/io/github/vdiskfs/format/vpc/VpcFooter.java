// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import static io.github.vdiskfs.image.ImageException.badField;
import static io.github.vdiskfs.image.ImageException.unsupported;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.UUID;

/**
 * A footer, checked ("Hard Disk Footer Field Descriptions").
 *
 * @param hostOffset where the footer itself stands, in bytes
 * @param type Disk Type at 60
 * @param dataOffset Data Offset at 16: host offset of the dynamic disk header, in bytes
 * @param timeStamp Time Stamp at 24: when the image was made, in seconds since 2000
 * @param virtualSize bytes of the disk, see {@link #virtualSize(Storage, ByteBuffer)}
 * @param uniqueId Unique Id at 68, by which differencing images know their parent
 */
record VpcFooter(
    long hostOffset,
    VpcType type,
    long dataOffset,
    long timeStamp,
    long virtualSize,
    UUID uniqueId) {

  /** Bytes of a footer. */
  static final int BYTES = 512;

  /** Checksum, at 64. */
  static final int CHECKSUM_AT = 64;

  /** "conectix", at 0. */
  static final long COOKIE = 0x636F6E6563746978L;

  private static final int SECTOR_BYTES = 512;

  /** The largest disk of Windows and QEMU: 2040 GiB, 0xFF000000 sectors. */
  static final long MAX_SECTORS = 0xFF000000L;

  /** The largest Disk Geometry; disks of this size and above all have it. */
  private static final long MAX_GEOMETRY_SECTORS = 65535L * 16 * 255;

  /** Creator Applications (at 28) whose disks have exactly the Current Size, as QEMU knows them. */
  private static final Set<String> EXACT_SIZE_CREATORS =
      Set.of("win ", "qem2", "d2v ", "tap\0", "CTXS");

  /** True where the bytes start with the cookie. */
  static boolean isSigned(ByteBuffer bytes) {
    return bytes.getLong(0) == COOKIE;
  }

  /** True where the bytes are a footer with a right checksum. */
  static boolean isSound(ByteBuffer bytes) {
    return isSigned(bytes) && Checksum.isRight(bytes, CHECKSUM_AT);
  }

  /** Checks the fields of a footer whose checksum is right. */
  static VpcFooter parse(Storage storage, ByteBuffer bytes, long hostOffset) throws ImageException {
    int version = bytes.getInt(12);
    if (version >>> 16 != 1) {
      throw unsupported(storage, "VHD version " + (version >>> 16) + "." + (version & 0xFFFF));
    }
    return new VpcFooter(
        hostOffset,
        type(storage, bytes),
        bytes.getLong(16),
        bytes.getInt(24) & 0xFFFFFFFFL,
        virtualSize(storage, bytes),
        new UUID(bytes.getLong(68), bytes.getLong(76)));
  }

  private static VpcType type(Storage storage, ByteBuffer bytes) throws ImageException {
    return switch (bytes.getInt(60)) {
      case 2 -> VpcType.FIXED;
      case 3 -> VpcType.DYNAMIC;
      case 4 -> VpcType.DIFFERENCING;
      default -> throw unsupported(storage, "VHD disk type " + (bytes.getInt(60) & 0xFFFFFFFFL));
    };
  }

  /**
   * The size that the guest saw. Virtual PC and its kin show the Disk Geometry (at 56: cylinders in
   * two bytes, heads, sectors per track), rounded down from the Current Size (at 48) when the disk
   * was made; Windows and others show the Current Size itself. Where the geometry is at its maximum
   * it says nothing, and an empty one says nothing either.
   */
  private static long virtualSize(Storage storage, ByteBuffer bytes) throws ImageException {
    byte[] creator = new byte[4];
    bytes.get(28, creator);
    long sectors =
        (long) (bytes.getShort(56) & 0xFFFF) * (bytes.get(58) & 0xFF) * (bytes.get(59) & 0xFF);
    if (sectors == 0
        || sectors == MAX_GEOMETRY_SECTORS
        || EXACT_SIZE_CREATORS.contains(new String(creator, StandardCharsets.ISO_8859_1))) {
      sectors = bytes.getLong(48) >>> 9;
    }
    if (sectors > MAX_SECTORS) {
      throw badField(
          storage,
          "virtual size",
          sectors + " sectors",
          "at most " + MAX_SECTORS + " sectors (2040 GiB)");
    }
    return sectors * SECTOR_BYTES;
  }

  /** True where both lead to the same disk. */
  boolean agreesWith(VpcFooter other) {
    return type == other.type
        && dataOffset == other.dataOffset
        && virtualSize == other.virtualSize
        && uniqueId.equals(other.uniqueId);
  }
}
