// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import java.util.ArrayDeque;

/**
 * Memory for compressed units and what they unpack to, used again and again: units are large and
 * come by the thousand, so that the garbage collector would do little else than copy them.
 */
public final class UnitArrays {
  /** The most that waits to be used again; what is given back beyond it is garbage. */
  private static final int MAX_WAITING_BYTES = 4 << 20;

  /** Arrays of one length. */
  private static final ArrayDeque<byte[]> WAITING = new ArrayDeque<>();

  private static final ThreadLocal<byte[]> SCRATCH = ThreadLocal.withInitial(() -> new byte[0]);

  private UnitArrays() {}

  /** An array for an unpacked unit. Its content is arbitrary: all of it has to be written. */
  public static byte[] take(int bytes) {
    synchronized (WAITING) {
      byte[] waiting = WAITING.poll();
      if (waiting != null && waiting.length == bytes) {
        return waiting;
      }
      WAITING.clear();
    }
    return new byte[bytes];
  }

  /** Gives back an unpacked unit that nobody uses any more. */
  public static void giveBack(byte[] unit) {
    synchronized (WAITING) {
      byte[] waiting = WAITING.peek();
      if (waiting != null && waiting.length != unit.length) {
        WAITING.clear();
      }
      if ((WAITING.size() + 1L) * unit.length <= MAX_WAITING_BYTES) {
        WAITING.push(unit);
      }
    }
  }

  /** The calling thread's array of at least {@code bytes}, until it asks again. */
  public static byte[] scratch(int bytes) {
    byte[] scratch = SCRATCH.get();
    if (scratch.length < bytes) {
      scratch = new byte[bytes];
      SCRATCH.set(scratch);
    }
    return scratch;
  }
}
