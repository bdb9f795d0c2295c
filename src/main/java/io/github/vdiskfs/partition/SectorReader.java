// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import io.github.vdiskfs.disk.Volume;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Reads little-endian pieces of a disk and remembers where. */
final class SectorReader {
  private final Volume disk;
  private final Footprint readFrom = new Footprint();

  SectorReader(Volume disk) {
    this.disk = disk;
  }

  /** Bytes of the disk. */
  long diskBytes() {
    return disk.size();
  }

  Footprint readFrom() {
    return readFrom;
  }

  /** {@code count} bytes from {@code offset} on; null where the disk ends before. */
  @Nullable ByteBuffer read(long offset, int count) throws IOException {
    long size = disk.size();
    if (offset < 0 || offset > size - count) {
      return null;
    }
    ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    disk.read(bytes, offset);
    readFrom.add(offset, offset + count);
    return bytes.hasRemaining() ? null : bytes.flip();
  }
}
