// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Little-endian fields of a piece of a disk; what lies behind its end reads as zero. */
final class Fields {
  private final ByteBuffer bytes;

  /**
   * @param bytes null where the disk ends before
   */
  Fields(@Nullable ByteBuffer bytes) {
    this.bytes =
        bytes == null ? ByteBuffer.allocate(0) : bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  private boolean ends(int at, int count) {
    return at < 0 || count > bytes.limit() - at;
  }

  int u8(int at) {
    return ends(at, 1) ? 0 : Byte.toUnsignedInt(bytes.get(at));
  }

  int u16(int at) {
    return u8(at) | u8(at + 1) << 8;
  }

  int i32(int at) {
    return u16(at) | u16(at + 2) << 16;
  }

  long i64(int at) {
    return Integer.toUnsignedLong(i32(at)) | (long) i32(at + 4) << 32;
  }

  boolean hasInt(int at, int value) {
    return i32(at) == value;
  }

  /** True where these ASCII characters stand. */
  boolean has(int at, String characters) {
    for (int i = 0; i < characters.length(); i++) {
      if (ends(at + i, 1) || bytes.get(at + i) != (byte) characters.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Text that ends with a zero or with the field, without blanks at its end. */
  String text(int at, int count) {
    if (ends(at, count)) {
      return "";
    }
    int length = 0;
    while (length < count && bytes.get(at + length) != 0) {
      length++;
    }
    byte[] text = new byte[length];
    bytes.get(at, text);
    return new String(text, StandardCharsets.UTF_8).stripTrailing();
  }

  /** Sixteen bytes as a UUID; empty where they are all zero. */
  String uuid(int at) {
    if (ends(at, 16)) {
      return "";
    }
    ByteBuffer big = bytes.duplicate().order(ByteOrder.BIG_ENDIAN);
    UUID uuid = new UUID(big.getLong(at), big.getLong(at + 8));
    return uuid.getMostSignificantBits() == 0 && uuid.getLeastSignificantBits() == 0
        ? ""
        : uuid.toString();
  }
}
