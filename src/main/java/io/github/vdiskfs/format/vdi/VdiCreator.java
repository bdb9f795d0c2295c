// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageFormat.Creation;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;

/** Makes new images, laid out as {@code qemu-img create} does. */
final class VdiCreator {
  /** What VirtualBox and QEMU use; QEMU reads no other. */
  private static final int BLOCK_BYTES = 1 << 20;

  /** Bytes of the header behind the pre-header. */
  private static final int HEADER_BYTES = 384;

  private static final int MAP_OFFSET = 512;

  private static final int SECTOR_BYTES = 512;

  /** Block 0 of a disk without a size: it is about to grow, 255 GiB without moving anything. */
  private static final int ROOM_BYTES = 1 << 20;

  /** Bytes of one write. */
  private static final int CHUNK_BYTES = 64 << 10;

  private final Storage target;
  private final boolean isStatic;
  private final long sizeBytes;
  private final long blocks;
  private final long dataOffset;

  private VdiCreator(Storage target, boolean isStatic, long sizeBytes) {
    this.target = target;
    this.isStatic = isStatic;
    this.sizeBytes = sizeBytes;
    this.blocks = (sizeBytes + BLOCK_BYTES - 1) / BLOCK_BYTES;
    long mapEnd = MAP_OFFSET + blocks * Integer.BYTES;
    this.dataOffset = blocks == 0 ? ROOM_BYTES : (mapEnd + SECTOR_BYTES - 1) & -SECTOR_BYTES;
  }

  /** As {@link io.github.vdiskfs.image.ImageFormat#create}. */
  static void create(Storage target, Creation creation) throws IOException {
    if (creation.backing() != null) {
      throw ImageException.unsupported(target, "making differencing VDI images");
    }
    boolean isStatic = isStatic(target, creation.options());
    long most = VdiAllocator.MAX_BLOCKS * BLOCK_BYTES;
    if (creation.sizeBytes() < 0 || creation.sizeBytes() > most) {
      throw ImageException.badField(target, "size", creation.sizeBytes(), "0 to " + most);
    }
    new VdiCreator(target, isStatic, creation.sizeBytes()).write();
  }

  private static boolean isStatic(Storage target, Map<String, String> options)
      throws ImageException {
    boolean isStatic = false;
    for (Map.Entry<String, String> option : options.entrySet()) {
      if (!option.getKey().equals("static")) {
        throw ImageException.badField(target, "option", option.getKey(), "static");
      }
      isStatic =
          switch (option.getValue()) {
            case "on" -> true;
            case "off" -> false;
            default ->
                throw ImageException.badField(target, "static", option.getValue(), "on, off");
          };
    }
    return isStatic;
  }

  private void write() throws IOException {
    target.write(header(), 0);
    writeMap();
    target.truncate(dataOffset + (isStatic ? blocks * BLOCK_BYTES : 0));
    target.sync();
  }

  private ByteBuffer header() {
    ByteBuffer b = littleEndian(MAP_OFFSET);
    b.put(0, "<<< vdiskfs Virtual Disk Image >>>\n".getBytes(StandardCharsets.US_ASCII));
    b.putInt(64, VdiHeader.SIGNATURE).putInt(68, VdiHeader.VERSION_1_1);
    b.putInt(72, HEADER_BYTES).putInt(76, isStatic ? 2 : 1);
    b.putInt(340, MAP_OFFSET).putInt(344, (int) dataOffset).putInt(360, SECTOR_BYTES);
    b.putLong(368, (sizeBytes + SECTOR_BYTES - 1) & -SECTOR_BYTES).putInt(376, BLOCK_BYTES);
    b.putInt(384, (int) blocks).putInt(388, isStatic ? (int) blocks : 0);
    put(b, 392, UUID.randomUUID());
    put(b, 408, UUID.randomUUID());
    return b;
  }

  private static void put(ByteBuffer b, int at, UUID uuid) {
    b.putLong(at, uuid.getMostSignificantBits()).putLong(at + 8, uuid.getLeastSignificantBits());
  }

  private void writeMap() throws IOException {
    for (long from = 0; from < blocks; from += CHUNK_BYTES / Integer.BYTES) {
      int n = (int) Math.min(CHUNK_BYTES / Integer.BYTES, blocks - from);
      ByteBuffer chunk = littleEndian(n * Integer.BYTES);
      for (long block = from; block < from + n; block++) {
        chunk.putInt((int) (isStatic ? block : BlockMap.FREE));
      }
      target.write(chunk.flip(), MAP_OFFSET + from * Integer.BYTES);
    }
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
