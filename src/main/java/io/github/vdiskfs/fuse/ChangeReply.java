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

  /** A header, and at most the two numbers that answer a WRITE. */
  private static final int MOST_BYTES = Wire.OUT_HEADER + 2 * Integer.BYTES;

  /** What a thread sends from. */
  private static final class Outgoing {
    final NativeBuffer bytes = new NativeBuffer(MOST_BYTES);
    final NativeBuffer vector = new NativeBuffer(Wire.VECTOR_BYTES);
  }

  private static final ThreadLocal<Outgoing> OUTGOING = ThreadLocal.withInitial(Outgoing::new);

  private final int fd;

  /** On the heap: native memory for every write would only come back with the collector. */
  private final byte[] message;

  /**
   * @param header of the reply, as long as it is
   * @param payload what follows it, from its start to its limit
   */
  ChangeReply(int fd, ByteBuffer header, ByteBuffer payload) {
    this.fd = fd;
    message = new byte[header.limit() + payload.limit()];
    header.get(0, message, 0, header.limit());
    payload.get(0, message, header.limit(), payload.limit());
  }

  @Override
  public void run() {
    Outgoing out = OUTGOING.get();
    out.bytes.bytes().put(0, message);
    out.vector.bytes().putLong(0, out.bytes.address()).putLong(8, message.length);
    send(fd, out.vector.address(), 1);
  }

  /** Sends a message of {@code count} pieces; a request that nobody waits for any more is fine. */
  static void send(int fd, long vectors, int count) {
    long n = Posix.writeMessage(fd, vectors, count);
    if (n < 0 && n != -ErrnoException.ENOENT && n != -ErrnoException.ENODEV) {
      log.error("answering the kernel failed: {}", Posix.describe((int) -n));
    }
  }
}
