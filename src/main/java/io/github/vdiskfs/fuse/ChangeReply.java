// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

import io.github.vdiskfs.posix.ErrnoException;
import io.github.vdiskfs.posix.Posix;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answer to a request that changed a disk, kept until other files' pages are dropped; the
 * request thread goes on meanwhile.
 */
final class ChangeReply implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(ChangeReply.class);

  private final int fd;
  private final NativeBuffer message;
  private final NativeBuffer vector = new NativeBuffer(2 * Long.BYTES);

  /**
   * @param header of the reply, as long as it is
   * @param payload what follows it, from its start to its limit
   */
  ChangeReply(int fd, ByteBuffer header, ByteBuffer payload) {
    this.fd = fd;
    int length = header.limit() + payload.limit();
    message = new NativeBuffer(length);
    message.bytes().put(header.duplicate().rewind()).put(payload.duplicate().rewind());
    vector.bytes().putLong(0, message.address()).putLong(8, length);
  }

  @Override
  public void run() {
    send(fd, vector.address(), 1);
  }

  /** Sends a message of {@code count} pieces; a request that nobody waits for any more is fine. */
  static void send(int fd, long vectors, int count) {
    long n = Posix.writeMessage(fd, vectors, count);
    if (n < 0 && n != -ErrnoException.ENOENT && n != -ErrnoException.ENODEV) {
      log.error("answering the kernel failed: {}", Posix.describe((int) -n));
    }
  }
}
