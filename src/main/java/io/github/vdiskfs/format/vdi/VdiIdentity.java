// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * By what a differencing image knows its parent.
 *
 * @param image the UUID that the image got when it was made
 * @param modified the UUID that it got when it was last opened for writing
 */
record VdiIdentity(UUID image, UUID modified) {
  /** The UUID that says "none". */
  static final UUID NONE = new UUID(0, 0);

  /**
   * Two UUIDs that stand side by side. The first three fields of a VDI's UUIDs are little-endian.
   */
  static VdiIdentity at(ByteBuffer littleEndian, int imageAt, int modifiedAt) {
    return new VdiIdentity(uuid(littleEndian, imageAt), uuid(littleEndian, modifiedAt));
  }

  private static UUID uuid(ByteBuffer bytes, int at) {
    long timeLow = bytes.getInt(at) & 0xFFFFFFFFL;
    long timeMid = bytes.getShort(at + 4) & 0xFFFFL;
    long timeHigh = bytes.getShort(at + 6) & 0xFFFFL;
    return new UUID(
        timeLow << 32 | timeMid << 16 | timeHigh, Long.reverseBytes(bytes.getLong(at + 8)));
  }
}
