// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.UUID;
import java.util.function.Consumer;

/** VDI images of small blocks, as wrong as a test wants them. */
final class VdiBuilder {
  static final int FREE = -1;
  static final int ZERO = -2;
  static final int BLOCK = 4096;
  static final int DATA = 4096;

  private final int[] entries;
  private final byte[] data;
  private int type = 1;
  private long diskSize;
  private UUID image = new UUID(1, 1);
  private UUID modified = new UUID(1, 2);
  private UUID link = new UUID(0, 0);
  private UUID linkModified = new UUID(0, 0);

  /** A dynamic image of full blocks; the blocks' data stands in the order of the host. */
  VdiBuilder(int[] entries, byte[] data) {
    this.entries = entries;
    this.data = data;
    this.diskSize = (long) entries.length * BLOCK;
  }

  VdiBuilder type(int value) {
    type = value;
    return this;
  }

  VdiBuilder diskSize(long value) {
    diskSize = value;
    return this;
  }

  VdiBuilder identity(UUID imageUuid, UUID modifiedUuid) {
    image = imageUuid;
    modified = modifiedUuid;
    return this;
  }

  VdiBuilder parent(UUID imageUuid, UUID modifiedUuid) {
    type = 4;
    return link(imageUuid, modifiedUuid);
  }

  VdiBuilder link(UUID imageUuid, UUID modifiedUuid) {
    link = imageUuid;
    linkModified = modifiedUuid;
    return this;
  }

  byte[] build() {
    return build(bytes -> {});
  }

  /** The image, after a change at absolute offsets. */
  byte[] build(Consumer<ByteBuffer> change) {
    byte[] file = new byte[DATA + data.length];
    ByteBuffer b = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    b.putInt(64, 0xBEDA107F).putInt(68, 0x10001).putInt(72, 400).putInt(76, type);
    b.putInt(340, 512).putInt(344, DATA).putInt(360, 512);
    b.putLong(368, diskSize).putInt(376, BLOCK).putInt(384, entries.length);
    b.putInt(388, data.length / BLOCK);
    put(b, 392, image);
    put(b, 408, modified);
    put(b, 424, link);
    put(b, 440, linkModified);
    for (int i = 0; i < entries.length; i++) {
      b.putInt(512 + 4 * i, entries[i]);
    }
    System.arraycopy(data, 0, file, DATA, data.length);
    change.accept(b);
    return file;
  }

  private static void put(ByteBuffer b, int at, UUID uuid) {
    long high = uuid.getMostSignificantBits();
    b.putInt(at, (int) (high >>> 32));
    b.putShort(at + 4, (short) (high >>> 16)).putShort(at + 6, (short) high);
    b.putLong(at + 8, Long.reverseBytes(uuid.getLeastSignificantBits()));
  }

  /** Blocks that each have one byte value, of its own. */
  static byte[] blocks(int count, int firstValue) {
    byte[] data = new byte[count * BLOCK];
    for (int i = 0; i < count; i++) {
      Arrays.fill(data, i * BLOCK, (i + 1) * BLOCK, (byte) (firstValue + i));
    }
    return data;
  }
}
