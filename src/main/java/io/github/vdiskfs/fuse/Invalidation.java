// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

import io.github.vdiskfs.posix.ErrnoException;
import io.github.vdiskfs.posix.Posix;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the kernel to drop what it cached of a file. It waits for reads of that file that are under
 * way, so that no request thread may call it.
 */
final class Invalidation {
  private static final Logger log = LoggerFactory.getLogger(Invalidation.class);

  private final int fd;
  private final NativeBuffer message = new NativeBuffer(Wire.INVAL_BYTES);
  private final NativeBuffer vector = new NativeBuffer(2 * Long.BYTES);

  Invalidation(int fd) {
    this.fd = fd;
    vector.bytes().putLong(0, message.address()).putLong(8, Wire.INVAL_BYTES);
  }

  /** Drops all pages of the file that the kernel knows as {@code node}. */
  synchronized void drop(long node) {
    ByteBuffer b = message.bytes();
    b.putInt(Wire.OUT_LENGTH, Wire.INVAL_BYTES)
        .putInt(Wire.OUT_ERROR, Wire.NOTIFY_INVAL_INODE)
        .putLong(Wire.OUT_UNIQUE, 0)
        .putLong(Wire.INVAL_NODE, node)
        .putLong(Wire.INVAL_OFFSET, 0)
        .putLong(Wire.INVAL_LENGTH, 0);
    long n = Posix.writeMessage(fd, vector.address(), 1);
    if (n < 0 && n != -ErrnoException.ENOENT && n != -ErrnoException.ENODEV) {
      log.warn("the kernel keeps stale pages: {}", Posix.describe((int) -n));
    }
  }
}
