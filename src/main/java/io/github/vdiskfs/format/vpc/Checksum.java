// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import java.nio.ByteBuffer;

/**
 * The checksum of footers and headers: the one's complement of the sum of all bytes but its own
 * four ("Appendix: CHS Calculation", "Checksum Calculation").
 */
final class Checksum {
  private Checksum() {}

  /** What the checksum at {@code at} should be. */
  static int expected(ByteBuffer bytes, int at) {
    int sum = 0;
    for (int i = 0; i < bytes.capacity(); i++) {
      sum += i < at || i >= at + Integer.BYTES ? bytes.get(i) & 0xFF : 0;
    }
    return ~sum;
  }

  /** True where the checksum at {@code at} is right. */
  static boolean isRight(ByteBuffer bytes, int at) {
    return bytes.getInt(at) == expected(bytes, at);
  }

  /** Found and expected, for messages. */
  static String describe(ByteBuffer bytes, int at) {
    return String.format("0x%08x, expected 0x%08x", bytes.getInt(at), expected(bytes, at));
  }
}
