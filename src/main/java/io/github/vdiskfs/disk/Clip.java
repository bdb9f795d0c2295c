// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.disk;

import java.nio.ByteBuffer;

/** Keeps transfers inside of a volume. */
final class Clip {
  private Clip() {}

  /**
   * Lets a buffer end where the volume does.
   *
   * @param offset on the volume, of the byte at the buffer's position
   * @return the limit that the buffer had, to be set again after the transfer
   */
  static int toVolume(ByteBuffer buffer, long offset, long volumeBytes) {
    int limit = buffer.limit();
    long room = Math.max(0, volumeBytes - offset);
    buffer.limit(buffer.position() + (int) Math.min(buffer.remaining(), room));
    return limit;
  }
}
