// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.UUID;

/** GUIDs as they stand on a disk: the first three fields little-endian. */
final class Guid {
  /** The type of an entry that is not used. */
  static final String NONE = "00000000-0000-0000-0000-000000000000";

  private Guid() {}

  /** The GUID at an index of a little-endian buffer, in capitals. */
  static String at(ByteBuffer bytes, int index) {
    long high = Integer.toUnsignedLong(bytes.getInt(index)) << 32;
    high |= Short.toUnsignedLong(bytes.getShort(index + 4)) << 16;
    high |= Short.toUnsignedLong(bytes.getShort(index + 6));
    long low = bytes.duplicate().order(ByteOrder.BIG_ENDIAN).getLong(index + 8);
    return new UUID(high, low).toString().toUpperCase(Locale.ROOT);
  }
}
