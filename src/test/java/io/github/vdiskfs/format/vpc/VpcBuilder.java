// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Dynamic and differencing images of 4 KiB blocks, as wrong as a test wants them. The file: footer
 * copy, header, eight sectors of locators, BAT of two sectors, blocks, footer.
 */
final class VpcBuilder {
  static final int UNUSED = -1;
  static final int BLOCK = 4096;
  static final int BLOCK_ON_HOST = 512 + BLOCK;
  static final int HEADER = 512;
  static final int LOCATORS = 1536;
  static final int BAT = LOCATORS + 8 * 512;
  static final int FIRST_BLOCK = BAT + 1024;

  private final int[] entries;
  private final byte[][] blocks;
  private final int[] bitmaps;
  private final List<byte[]> locators = new ArrayList<>();
  private final List<String> codes = new ArrayList<>();
  private int type = 3;
  private UUID unique = new UUID(1, 1);
  private UUID parent = new UUID(0, 0);
  private String parentName = "";
  private Consumer<ByteBuffer> inFooter = b -> {};
  private Consumer<ByteBuffer> inHeader = b -> {};

  /**
   * A dynamic image.
   *
   * @param entries for each guest block the number of its host block, or {@link #UNUSED}
   * @param bitmaps for each host block its 8 bits
   */
  VpcBuilder(int[] entries, int[] bitmaps, byte[][] blocks) {
    this.entries = entries;
    this.bitmaps = bitmaps;
    this.blocks = blocks;
  }

  VpcBuilder unique(UUID value) {
    unique = value;
    return this;
  }

  VpcBuilder parent(UUID value, String name) {
    type = 4;
    parent = value;
    parentName = name;
    return this;
  }

  VpcBuilder locator(String code, byte[] data) {
    codes.add(code);
    locators.add(data);
    return this;
  }

  VpcBuilder relative(String path) {
    return locator("W2ru", path.getBytes(StandardCharsets.UTF_16LE));
  }

  VpcBuilder absolute(String path) {
    return locator("W2ku", path.getBytes(StandardCharsets.UTF_16LE));
  }

  /** A change in both footers, before their checksum is made. */
  VpcBuilder footer(Consumer<ByteBuffer> change) {
    inFooter = inFooter.andThen(change);
    return this;
  }

  /** A change in the dynamic disk header, before its checksum is made. */
  VpcBuilder header(Consumer<ByteBuffer> change) {
    inHeader = inHeader.andThen(change);
    return this;
  }

  byte[] build() {
    return build(b -> {});
  }

  /** The file, after a change that no checksum knows of. */
  byte[] build(Consumer<ByteBuffer> change) {
    ByteBuffer file =
        ByteBuffer.allocate(FIRST_BLOCK + blocks.length * BLOCK_ON_HOST + VpcFooter.BYTES);
    file.put(0, footerBytes()).put(HEADER, headerBytes());
    for (int i = 0; i < locators.size(); i++) {
      file.put(LOCATORS + i * 512, locators.get(i));
    }
    for (int i = 0; i < entries.length; i++) {
      int sector = (FIRST_BLOCK + entries[i] * BLOCK_ON_HOST) / 512;
      file.putInt(BAT + 4 * i, entries[i] == UNUSED ? UNUSED : sector);
    }
    for (int i = 0; i < blocks.length; i++) {
      int at = FIRST_BLOCK + i * BLOCK_ON_HOST;
      file.put(at, (byte) bitmaps[i]).put(at + 512, blocks[i]);
    }
    file.put(file.capacity() - VpcFooter.BYTES, footerBytes());
    change.accept(file);
    return file.array();
  }

  private byte[] footerBytes() {
    ByteBuffer b = footer(type, (long) entries.length * BLOCK, unique);
    inFooter.accept(b);
    return sum(b, VpcFooter.CHECKSUM_AT);
  }

  /** A footer without checksum. */
  static ByteBuffer footer(int type, long size, UUID unique) {
    ByteBuffer b = ByteBuffer.allocate(VpcFooter.BYTES);
    b.put(0, "conectix".getBytes(StandardCharsets.US_ASCII)).putInt(8, 2).putInt(12, 0x10000);
    b.putLong(16, type == 2 ? -1 : HEADER).putInt(24, 1000);
    b.put(28, "win ".getBytes(StandardCharsets.US_ASCII)).putLong(40, size).putLong(48, size);
    b.putInt(60, type);
    return b.putLong(68, unique.getMostSignificantBits())
        .putLong(76, unique.getLeastSignificantBits());
  }

  private byte[] headerBytes() {
    ByteBuffer b = ByteBuffer.allocate(DynamicHeader.BYTES);
    b.put(0, "cxsparse".getBytes(StandardCharsets.US_ASCII)).putLong(8, -1).putLong(16, BAT);
    b.putInt(24, 0x10000).putInt(28, entries.length).putInt(32, BLOCK);
    b.putLong(40, parent.getMostSignificantBits()).putLong(48, parent.getLeastSignificantBits());
    b.put(64, parentName.getBytes(StandardCharsets.UTF_16BE));
    for (int i = 0; i < locators.size(); i++) {
      int at = 576 + 24 * i;
      b.put(at, codes.get(i).getBytes(StandardCharsets.US_ASCII)).putInt(at + 4, 512);
      b.putInt(at + 8, locators.get(i).length).putLong(at + 16, LOCATORS + 512 * i);
    }
    inHeader.accept(b);
    return sum(b, 36);
  }

  /** The bytes with their checksum. */
  static byte[] sum(ByteBuffer bytes, int at) {
    byte[] summed = new byte[bytes.capacity()];
    bytes.putInt(at, 0).get(0, summed);
    int sum = 0;
    for (byte b : summed) {
      sum += b & 0xFF;
    }
    ByteBuffer.wrap(summed).putInt(at, ~sum);
    return summed;
  }

  /** A block of one byte value. */
  static byte[] block(int value) {
    byte[] block = new byte[BLOCK];
    Arrays.fill(block, (byte) value);
    return block;
  }
}
