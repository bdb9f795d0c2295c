// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.TestImages;
import io.github.vdiskfs.storage.MemoryStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * A sound qcow2 image in memory, to be damaged field by field: header, refcount table, L1 table and
 * one L2 table in clusters 0 to 3, and room for data behind them.
 */
final class ImageBuilder {
  static final int DATA_CLUSTER = 4;
  private static final int CLUSTERS = 24;

  private final ByteBuffer bytes;
  private final int clusterBytes;
  private final int entryBytes;

  ImageBuilder(int version, int clusterBits, long sizeBytes, long incompatibleFeatures) {
    clusterBytes = 1 << clusterBits;
    entryBytes = (incompatibleFeatures & 0x10) != 0 ? 16 : 8;
    bytes = ByteBuffer.allocate(CLUSTERS * clusterBytes);
    long l2Bytes = (long) clusterBytes / entryBytes * clusterBytes;
    u32(0, 0x514649FB).u32(4, version).u32(20, clusterBits).u64(24, sizeBytes);
    u32(36, (sizeBytes + l2Bytes - 1) / l2Bytes).u64(40, 2L * clusterBytes);
    u64(48, clusterBytes).u32(56, 1);
    if (version >= 3) {
      u64(72, incompatibleFeatures).u32(96, 4).u32(100, 104);
    }
    l1(0, 3L * clusterBytes);
  }

  /** Version 3, clusters of 4 KiB, 16 MiB. */
  static ImageBuilder v3() {
    return new ImageBuilder(3, 12, 16 << 20, 0);
  }

  ImageBuilder u32(int at, long value) {
    bytes.putInt(at, (int) value);
    return this;
  }

  ImageBuilder u64(int at, long value) {
    bytes.putLong(at, value);
    return this;
  }

  ImageBuilder put(int at, byte... value) {
    bytes.put(at, value);
    return this;
  }

  ImageBuilder text(int at, String value) {
    return put(at, value.getBytes(StandardCharsets.UTF_8));
  }

  /** A header extension at {@code at}. */
  ImageBuilder extension(int at, long type, String data) {
    return u32(at, type).u32(at + 4, data.length()).text(at + 8, data);
  }

  ImageBuilder l1(int index, long entry) {
    return u64(2 * clusterBytes + index * 8, entry);
  }

  ImageBuilder l2(int index, long descriptor) {
    return u64(3 * clusterBytes + index * entryBytes, descriptor);
  }

  ImageBuilder l2(int index, long descriptor, long bitmap) {
    return l2(index, descriptor).u64(3 * clusterBytes + index * entryBytes + 8, bitmap);
  }

  /** Host offset of the n-th data cluster. */
  long data(int n) {
    return (long) (DATA_CLUSTER + n) * clusterBytes;
  }

  MemoryStorage storage() {
    return new MemoryStorage("built", bytes.array());
  }

  Image open() throws IOException {
    return open(Map.of());
  }

  Image open(Map<String, byte[]> files) throws IOException {
    return new Qcow2Format().open(storage(), TestImages.context(files));
  }
}
