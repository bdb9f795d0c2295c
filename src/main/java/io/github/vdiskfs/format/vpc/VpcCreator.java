// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageFormat.Creation;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;

/**
 * Makes new images, laid out as {@code qemu-img create -o force_size=on} does: the size is exactly
 * what was asked for, and programs know that by the creator's name.
 */
final class VpcCreator {
  /** The Block Size of all images that QEMU makes, and the usual one elsewhere. */
  private static final int BLOCK_BYTES = 2 << 20;

  private static final int SECTOR_BYTES = 512;
  private static final int HEADER_OFFSET = VpcFooter.BYTES;
  private static final int TABLE_OFFSET = HEADER_OFFSET + DynamicHeader.BYTES;

  /** Bytes of one write. */
  private static final int CHUNK_BYTES = 64 << 10;

  /** Time Stamps count from here, 2000-01-01. */
  private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

  private final Storage target;
  private final boolean isFixed;
  private final long sizeBytes;

  private VpcCreator(Storage target, boolean isFixed, long sizeBytes) {
    this.target = target;
    this.isFixed = isFixed;
    this.sizeBytes = sizeBytes;
  }

  /** As {@link io.github.vdiskfs.image.ImageFormat#create}. */
  static void create(Storage target, Creation creation) throws IOException {
    if (creation.backing() != null) {
      throw ImageException.unsupported(target, "making differencing VHD images");
    }
    boolean isFixed = isFixed(target, creation.options());
    long most = VpcFooter.MAX_SECTORS * SECTOR_BYTES;
    if (creation.sizeBytes() < 0 || creation.sizeBytes() > most) {
      throw ImageException.badField(target, "size", creation.sizeBytes(), "0 to " + most);
    }
    long rounded = (creation.sizeBytes() + SECTOR_BYTES - 1) & -SECTOR_BYTES;
    new VpcCreator(target, isFixed, rounded).write();
  }

  private static boolean isFixed(Storage target, Map<String, String> options)
      throws ImageException {
    boolean isFixed = false;
    for (Map.Entry<String, String> option : options.entrySet()) {
      String value = option.getValue();
      switch (option.getKey()) {
        case "subformat" -> isFixed = isFixedSubformat(target, value);
        case "force_size" -> checkForced(target, value);
        default ->
            throw ImageException.badField(
                target, "option", option.getKey(), "subformat or force_size");
      }
    }
    return isFixed;
  }

  private static boolean isFixedSubformat(Storage target, String value) throws ImageException {
    return switch (value) {
      case "fixed" -> true;
      case "dynamic" -> false;
      default -> throw ImageException.badField(target, "subformat", value, "dynamic or fixed");
    };
  }

  private static void checkForced(Storage target, String value) throws ImageException {
    if (!value.equals("on")) {
      throw ImageException.badField(target, "force_size", value, "on: sizes are exact");
    }
  }

  private void write() throws IOException {
    ByteBuffer footer = footer();
    if (isFixed) {
      target.write(footer.duplicate(), sizeBytes);
    } else {
      target.write(footer.duplicate(), 0);
      target.write(header(), HEADER_OFFSET);
      target.write(footer.duplicate(), writeTable());
    }
    target.sync();
  }

  private ByteBuffer footer() {
    ByteBuffer b = ByteBuffer.allocate(VpcFooter.BYTES);
    b.putLong(0, VpcFooter.COOKIE).putInt(8, 2).putInt(12, 0x10000);
    b.putLong(16, isFixed ? -1 : HEADER_OFFSET);
    b.putInt(24, (int) (Instant.now().getEpochSecond() - EPOCH.getEpochSecond()));
    b.put(28, "qem2".getBytes(StandardCharsets.US_ASCII)).putInt(32, 0x00050003);
    b.put(36, "Wi2k".getBytes(StandardCharsets.US_ASCII));
    b.putLong(40, sizeBytes).putLong(48, sizeBytes);
    b.putShort(56, (short) 65535).put(58, (byte) 16).put(59, (byte) 255);
    b.putInt(60, isFixed ? 2 : 3);
    UUID unique = UUID.randomUUID();
    b.putLong(68, unique.getMostSignificantBits()).putLong(76, unique.getLeastSignificantBits());
    return b.putInt(VpcFooter.CHECKSUM_AT, Checksum.expected(b, VpcFooter.CHECKSUM_AT));
  }

  private ByteBuffer header() {
    ByteBuffer b = ByteBuffer.allocate(DynamicHeader.BYTES);
    b.putLong(0, DynamicHeader.COOKIE).putLong(8, -1).putLong(16, TABLE_OFFSET);
    b.putInt(24, 0x10000).putInt(28, (int) entries()).putInt(32, BLOCK_BYTES);
    return b.putInt(DynamicHeader.CHECKSUM_AT, Checksum.expected(b, DynamicHeader.CHECKSUM_AT));
  }

  /** A disk without a size is about to grow: it has entries for the largest one. */
  private long entries() {
    long size = sizeBytes == 0 ? VpcFooter.MAX_SECTORS * SECTOR_BYTES : sizeBytes;
    return (size + BLOCK_BYTES - 1) / BLOCK_BYTES;
  }

  /** Writes an empty BAT, padded to sectors; returns its end. */
  private long writeTable() throws IOException {
    long bytes = (entries() * Integer.BYTES + SECTOR_BYTES - 1) & -SECTOR_BYTES;
    byte[] unused = new byte[CHUNK_BYTES];
    Arrays.fill(unused, (byte) 0xFF);
    for (long done = 0; done < bytes; done += unused.length) {
      int n = (int) Math.min(unused.length, bytes - done);
      target.write(ByteBuffer.wrap(unused, 0, n), TABLE_OFFSET + done);
    }
    return TABLE_OFFSET + bytes;
  }
}
