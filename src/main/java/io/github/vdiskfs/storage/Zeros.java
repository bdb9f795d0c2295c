// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

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
}
