// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import io.github.vdiskfs.disk.Volume;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Bounded reads of a volume: what a superblock points to, wherever that may be. */
final class Pieces {
  /** What the longest look takes, an UDF's, with some to spare. */
  private static final int MAX_READS = 100;

  private final Volume volume;
  private int reads;

  Pieces(Volume volume) {
    this.volume = volume;
  }

  /** Bytes of the volume. */
  long size() {
    return volume.size();
  }

  /** The bytes from an offset on, cut off where the volume ends; none outside of it. */
  Fields at(long offset, int count) throws IOException {
    long size = volume.size();
    if (offset < 0 || offset >= size || ++reads > MAX_READS) {
      return new Fields(ByteBuffer.allocate(0));
    }
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(count, size - offset));
    volume.read(bytes, offset);
    return new Fields(bytes.flip());
  }
}
