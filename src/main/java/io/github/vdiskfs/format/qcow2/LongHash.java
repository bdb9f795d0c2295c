// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import java.security.SecureRandom;

/** Spreads numbers that images bring along; no image can know which of them come together. */
final class LongHash {
  /** Odd, and another one in each process. */
  private static final long MULTIPLIER = new SecureRandom().nextLong() | 1;

  private LongHash() {}

  /**
   * The place of a number in a table.
   *
   * @param places a power of two
   */
  static int of(long number, int places) {
    return (int) ((number * MULTIPLIER) >>> 32) & (places - 1);
  }
}
