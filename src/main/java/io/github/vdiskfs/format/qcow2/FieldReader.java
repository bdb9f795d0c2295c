// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Reads a list of variable-length records, big-endian, front to back, through a small window. */
final class FieldReader {
  private static final int WINDOW_BYTES = 4096;

  private final Storage storage;
  private final String what;
  private final long endOffset;
  private final ByteBuffer window = ByteBuffer.allocate(WINDOW_BYTES).limit(0);
  private long hostOffset;

  /**
   * @param what the list's name, for messages
   * @param hostOffset where it starts
   * @param endOffset where it has to have ended; before {@code hostOffset} there is nothing to read
   */
  FieldReader(Storage storage, String what, long hostOffset, long endOffset) {
    this.storage = storage;
    this.what = what;
    this.hostOffset = hostOffset;
    this.endOffset = Math.max(hostOffset, endOffset);
  }

  /** Host offset of the next byte. */
  long position() {
    return hostOffset - window.remaining();
  }

  /** Bytes up to the end. */
  long remaining() {
    return endOffset - position();
  }

  int u8() throws IOException {
    return need(1).get() & 0xFF;
  }

  int u16() throws IOException {
    return need(2).getShort() & 0xFFFF;
  }

  long u32() throws IOException {
    return need(4).getInt() & 0xFFFFFFFFL;
  }

  long u64() throws IOException {
    return need(8).getLong();
  }

  /** Text of so many bytes, in UTF-8; what follows a zero byte is padding. */
  String text(int bytes) throws IOException {
    check(bytes);
    ByteBuffer target = ByteBuffer.allocate(bytes);
    storage.read(target, position());
    skip(bytes);
    int length = 0;
    while (length < bytes && target.get(length) != 0) {
      length++;
    }
    return new String(target.array(), 0, length, StandardCharsets.UTF_8);
  }

  void skip(long bytes) throws IOException {
    check(bytes);
    if (bytes <= window.remaining()) {
      window.position(window.position() + (int) bytes);
    } else {
      hostOffset = position() + bytes;
      window.limit(0);
    }
  }

  /** Goes to the next multiple of 8 bytes from {@code startOffset}, or to the end. */
  void alignFrom(long startOffset) throws IOException {
    long padding = -(position() - startOffset) & 7;
    skip(Math.min(padding, remaining()));
  }

  private ByteBuffer need(int bytes) throws IOException {
    check(bytes);
    if (window.remaining() < bytes) {
      hostOffset = position();
      window.clear().limit((int) Math.min(WINDOW_BYTES, endOffset - hostOffset));
      storage.read(window, hostOffset);
      window.flip();
      hostOffset += window.remaining();
    }
    return window;
  }

  private void check(long bytes) throws ImageException {
    if (bytes > remaining()) {
      throw ImageException.corrupt(
          storage,
          position(),
          what + " goes on for " + bytes + " bytes, but may not go past host offset " + endOffset);
    }
  }
}
