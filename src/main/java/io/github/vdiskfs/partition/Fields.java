// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Fields of a piece of a disk, little-endian ones mostly; what lies behind its end reads as 0. */
final class Fields {
  private static final int SECTOR_BYTES = 512;

  private final ByteBuffer bytes;

  Fields(ByteBuffer bytes) {
    this.bytes = bytes.duplicate().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** How many bytes there are. */
  int length() {
    return bytes.limit();
  }

  private boolean ends(int at, int count) {
    return at < 0 || count < 0 || count > bytes.limit() - at;
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

  long u32(int at) {
    return Integer.toUnsignedLong(i32(at));
  }

  long i64(int at) {
    return u32(at) | (long) i32(at + 4) << 32;
  }

  /** True where these characters, each a byte, stand. */
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
    return text(at, count, StandardCharsets.UTF_8);
  }

  /** Text of a character set; empty where the field is not all there. */
  String text(int at, int count, Charset charset) {
    if (ends(at, count)) {
      return "";
    }
    byte[] letters = new byte[count];
    bytes.get(at, letters);
    String text = new String(letters, charset);
    int end = text.indexOf('\0');
    return (end < 0 ? text : text.substring(0, end)).stripTrailing();
  }

  /**
   * A record of NTFS with the last two bytes of each of its sectors, which stand in for a checksum,
   * put back from the list of them.
   */
  Fields mended() {
    int list = u16(4);
    int count = u16(6);
    byte[] whole = new byte[length()];
    bytes.get(0, whole);
    for (int i = 1; i < count && i * SECTOR_BYTES <= length(); i++) {
      whole[i * SECTOR_BYTES - 2] = (byte) u8(list + 2 * i);
      whole[i * SECTOR_BYTES - 1] = (byte) u8(list + 2 * i + 1);
    }
    return new Fields(ByteBuffer.wrap(whole));
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
