// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuzz;

import io.github.vdiskfs.storage.FilterStorage;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A host that is full soon: what an image says must not make a test write gigabytes. */
final class BoundedStorage extends FilterStorage {
  private static final long MAX_BYTES = 16 << 20;

  BoundedStorage(Storage inner) {
    super(inner);
  }

  private static void checkRoom(long end) throws IOException {
    if (end > MAX_BYTES) {
      throw new IOException("the host is full");
    }
  }

  @Override
  public void write(ByteBuffer source, long offset) throws IOException {
    checkRoom(Math.addExact(offset, source.remaining()));
    super.write(source, offset);
  }

  @Override
  public void zero(long offset, long length) throws IOException {
    // Behind the end of the file there is nothing to zero.
    long end = Math.min(size(), Math.addExact(offset, length));
    if (offset < end) {
      super.zero(offset, end - offset);
    }
  }

  @Override
  public void truncate(long size) throws IOException {
    checkRoom(size);
    super.truncate(size);
  }
}
