// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

import io.github.vdiskfs.posix.ErrnoException;
import io.github.vdiskfs.posix.Posix;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the kernel to drop what it cached of a file. The kernel waits for reads of that file that
 * are under way, so that a request thread may not wait for it without an end.
 */
final class Invalidation {
  private static final Logger log = LoggerFactory.getLogger(Invalidation.class);

  /** How long a request waits for pages that may themselves wait for its answer. */
  private static final long PATIENCE_MILLIS = 500;

  private final int fd;
  private final ExecutorService elsewhere = Executors.newCachedThreadPool(Invalidation::thread);
  private final NativeBuffer message = new NativeBuffer(Wire.INVAL_BYTES);
  private final NativeBuffer vector = new NativeBuffer(2 * Long.BYTES);

  Invalidation(int fd) {
    this.fd = fd;
    vector.bytes().putLong(0, message.address()).putLong(8, Wire.INVAL_BYTES);
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "invalidation");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * As {@link #drop}, for request threads: a page that is read or mapped at this moment, and waits
   * for the request's own end, is dropped behind that.
   */
  void dropElsewhere(long node) {
    try {
      elsewhere.submit(() -> drop(node)).get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      log.debug("pages of node {} are in use", node);
    } catch (ExecutionException e) {
      log.warn("the kernel keeps stale pages", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
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
