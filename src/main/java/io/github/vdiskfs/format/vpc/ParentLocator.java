// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One way in which one platform names the parent ("Dynamic Disk Header Field Descriptions", Parent
 * Locator Entries).
 *
 * @param code Platform Code at 0, four ASCII letters
 * @param lengthBytes Platform Data Length at 8
 * @param hostOffset Platform Data Offset at 16
 */
record ParentLocator(int code, long lengthBytes, long hostOffset) {
  /** Bytes of an entry. */
  static final int BYTES = 24;

  /** "W2ru": a path relative to the image, UTF-16 little-endian. */
  static final int RELATIVE = 0x57327275;

  /** "W2ku": an absolute path, UTF-16 little-endian. */
  static final int ABSOLUTE = 0x57326B75;

  /** "MacX": a file URL, UTF-8. */
  static final int URL = 0x4D616358;

  /** Linux' PATH_MAX in UTF-16: no longer name could be opened. */
  private static final int MAX_LENGTH_BYTES = 2 * 4096;

  static ParentLocator at(ByteBuffer bytes, int at) {
    return new ParentLocator(
        bytes.getInt(at), bytes.getInt(at + 8) & 0xFFFFFFFFL, bytes.getLong(at + 16));
  }

  /** True where it has data, which starts in the first {@code hostBytes} of the file. */
  boolean isInside(long hostBytes) {
    return lengthBytes > 0 && hostOffset > 0 && hostOffset < hostBytes;
  }

  /** The path or URL. */
  String text(Storage storage) throws IOException {
    if (lengthBytes > MAX_LENGTH_BYTES) {
      throw ImageException.badField(
          storage, "Platform Data Length", lengthBytes, "at most " + MAX_LENGTH_BYTES);
    }
    if (hostOffset < 0 || hostOffset > storage.size() - lengthBytes) {
      throw ImageException.badField(
          storage,
          "Platform Data Offset",
          Long.toUnsignedString(hostOffset),
          "a parent locator inside the file (" + storage.size() + ")");
    }
    ByteBuffer data = ByteBuffer.allocate((int) lengthBytes);
    storage.read(data, hostOffset);
    return new String(
        data.array(), code == URL ? StandardCharsets.UTF_8 : StandardCharsets.UTF_16LE);
  }
}
