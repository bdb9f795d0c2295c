// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Zero bytes for buffers of any kind. */
public final class Zeros {
  private static final ByteBuffer BLOCK = ByteBuffer.allocateDirect(64 << 10).asReadOnlyBuffer();

  private Zeros() {}

  /** Puts {@code count} zero bytes at the target's position and moves it behind them. */
  public static void fill(ByteBuffer target, int count) {
    int end = target.position() + count;
    while (target.position() < end) {
      int n = Math.min(BLOCK.capacity(), end - target.position());
      target.put(target.position(), BLOCK, 0, n);
      target.position(target.position() + n);
    }
  }

  /** A buffer of zero bytes, as many as {@code most} or fewer, for one thread. */
  public static ByteBuffer buffer(long most) {
    return BLOCK.duplicate().limit((int) Math.min(BLOCK.capacity(), most));
  }

  /** Writes {@code length} zero bytes to a storage. */
  public static void write(Storage storage, long offset, long length) throws IOException {
    for (long done = 0; done < length; ) {
      ByteBuffer block = buffer(length - done);
      storage.write(block, offset + done);
      done += block.limit();
    }
  }
}
