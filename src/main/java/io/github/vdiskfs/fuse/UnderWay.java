// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

import java.nio.ByteBuffer;

/**
 * A request that a thread answers, as others see it.
 *
 * @param unique the kernel's number of it
 * @param node the kernel's number of the file that it is about
 * @param caller the thread of another program that waits for it
 * @param sinceNanos the moment of {@link System#nanoTime()} at which it was begun
 */
record UnderWay(long unique, int opcode, long node, int caller, long sinceNanos) {
  static UnderWay of(ByteBuffer request) {
    return new UnderWay(
        request.getLong(Wire.IN_UNIQUE),
        request.getInt(Wire.IN_OPCODE),
        request.getLong(Wire.IN_NODE),
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

  /** True where it changes nothing and needs no byte of a disk. */
  boolean isAboutNames() {
    return Wire.isAboutNames(opcode);
  }
}
