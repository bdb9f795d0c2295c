// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Sectors: the unit that every VMDK structure counts in. */
final class Sectors {
  /** Bytes of a sector, always. */
  static final int BYTES = 512;

  /** Largest disk and largest extent: 2^62 bytes, so that sums of two stay inside a long. */
  static final long MAX_DISK = (1L << 62) / BYTES;

  private Sectors() {}

  /** Sectors of a file, the last one possibly begun only. */
  static long of(Storage storage) {
    long bytes = storage.size();
    return bytes / BYTES + (bytes % BYTES == 0 ? 0 : 1);
  }

  /** Reads little-endian bytes; past the end of the file they are zero. */
  static ByteBuffer read(Storage storage, long hostOffset, int bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    storage.read(buffer, hostOffset);
    return buffer.flip();
  }
}
