// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

import java.nio.ByteBuffer;

/**
 * The answer to the kernel's INIT (struct fuse_init_out, 64 bytes since protocol 7.23). It accepts
 * what helps of what the kernel offers and nothing else: an accepted flag that is not kept breaks
 * the mount.
 */
final class InitReply {
  private static final int MAJOR = 7;
  private static final int MINOR = 31;
  private static final int BYTES = 64;

  private static final int ASYNC_READ = 1;
  private static final int BIG_WRITES = 1 << 5;

  /** The kernel drops what it cached of a file when it notices another time stamp. */
  private static final int AUTO_INVAL_DATA = 1 << 12;

  private static final int ASYNC_DIO = 1 << 15;
  private static final int PARALLEL_DIROPS = 1 << 18;
  private static final int MAX_PAGES = 1 << 22;

  /** The kernel drops what it cached when it is told to, see {@link Invalidation}. */
  private static final int EXPLICIT_INVAL_DATA = 1 << 25;

  /**
   * Whoever serves takes set-user-ID bits and capabilities away when a file is written. No disk has
   * any; the kernel remembers that, instead of asking for capabilities before each write.
   */
  private static final int HANDLE_KILLPRIV_V2 = 1 << 28;

  private static final int INIT_EXT = 1 << 30;
  private static final int WANTED =
      ASYNC_READ
          | BIG_WRITES
          | ASYNC_DIO
          | PARALLEL_DIROPS
          | MAX_PAGES
          | HANDLE_KILLPRIV_V2
          | INIT_EXT;

  /** In the second word of flags: shared mappings of files that bypass the page cache. */
  private static final int DIRECT_IO_ALLOW_MMAP = 1 << 4;

  /**
   * Requests in flight for read-ahead and asynchronous I/O; above 3/4 the kernel throttles. Not
   * more than {@link WaitingLine} and the threads can keep if all are writes for a host that does
   * not answer.
   */
  static final short MAX_BACKGROUND = 64;

  private static final short CONGESTION = 48;

  private InitReply() {}

  /**
   * Writes the body of the reply.
   *
   * @param request the INIT request
   * @param body where struct fuse_init_out goes
   * @return its length
   */
  static int write(ByteBuffer request, ByteBuffer body) {
    int offered = request.getInt(Wire.INIT_FLAGS);
    int flags2 = allowsMappedDirectIo(request) ? DIRECT_IO_ALLOW_MMAP : 0;
    body.clear();
    body.putInt(MAJOR)
        .putInt(Math.min(MINOR, request.getInt(Wire.INIT_MINOR)))
        .putInt(request.getInt(Wire.INIT_READAHEAD))
        .putInt(offered & (WANTED | invalidation(offered)))
        .putShort(MAX_BACKGROUND)
        .putShort(CONGESTION)
        .putInt(Wire.MAX_PAYLOAD)
        .putInt(1)
        .putShort((short) Wire.MAX_PAGES)
        .putShort((short) 0)
        .putInt(flags2);
    while (body.position() < BYTES) {
      body.putInt(0);
    }
    return BYTES;
  }

  /** True where the kernel offers shared mappings of files that bypass its page cache. */
  private static boolean allowsMappedDirectIo(ByteBuffer request) {
    return (request.getInt(Wire.INIT_FLAGS) & INIT_EXT) != 0
        && (request.getInt(Wire.INIT_FLAGS2) & DIRECT_IO_ALLOW_MMAP) != 0;
  }

  /** Our own writes change time stamps all the time, so that to be told is better. */
  private static int invalidation(int offered) {
    return (offered & EXPLICIT_INVAL_DATA) != 0 ? EXPLICIT_INVAL_DATA : AUTO_INVAL_DATA;
  }
}
