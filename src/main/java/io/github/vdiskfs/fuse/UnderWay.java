// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

import java.nio.ByteBuffer;

/**
 * A request that a thread answers, as others see it.
 *
 * @param unique the kernel's number of it
 * @param node what it is about, see {@link #subject}
 * @param caller the thread of another program that waits for it
 * @param sinceNanos the moment of {@link System#nanoTime()} at which it was begun
 */
record UnderWay(long unique, int opcode, long node, int caller, long sinceNanos) {
  // FNV-1a.
  private static final long BASIS = 0xCBF29CE484222325L;
  private static final long PRIME = 0x100000001B3L;

  /** What the kernel allows, and more. */
  private static final int MAX_NAME_BYTES = 1024;

  /**
   * What a request is about: the kernel's number of a file, or for a look-up a number of the name
   * in its folder, which no file has.
   */
  static long subject(ByteBuffer request) {
    long node = request.getLong(Wire.IN_NODE);
    if (request.getInt(Wire.IN_OPCODE) != Wire.LOOKUP) {
      return node;
    }
    long hash = (BASIS ^ node) * PRIME;
    for (int i = 0; i < MAX_NAME_BYTES && request.get(Wire.IN_HEADER + i) != 0; i++) {
      hash = (hash ^ (request.get(Wire.IN_HEADER + i) & 0xFF)) * PRIME;
    }
    return hash | Long.MIN_VALUE;
  }

  static UnderWay of(ByteBuffer request) {
    return new UnderWay(
        request.getLong(Wire.IN_UNIQUE),
        request.getInt(Wire.IN_OPCODE),
        subject(request),
        request.getInt(Wire.IN_PID),
        System.nanoTime());
  }

  /** True where it was begun before a moment. */
  boolean isOlderThan(long nanos) {
    return sinceNanos - nanos < 0;
  }

  /** True where it needs the file that the kernel knows as {@code other}. */
  boolean isAboutFile(long other) {
    return node == other && Wire.isAboutFile(opcode);
  }
}
