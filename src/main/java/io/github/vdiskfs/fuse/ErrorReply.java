// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

/** An error as the answer to a request that another thread, or none, serves. */
final class ErrorReply {
  private ErrorReply() {}

  /** Sends it; nothing happens where the request was answered already. */
  static void send(int fd, long unique, int errno) {
    NativeBuffer message = new NativeBuffer(Wire.OUT_HEADER);
    NativeBuffer vector = new NativeBuffer(Wire.VECTOR_BYTES);
    vector.bytes().putLong(0, message.address()).putLong(8, Wire.OUT_HEADER);
    message
        .bytes()
        .putInt(Wire.OUT_LENGTH, Wire.OUT_HEADER)
        .putInt(Wire.OUT_ERROR, -errno)
        .putLong(Wire.OUT_UNIQUE, unique);
    ChangeReply.send(fd, vector.address(), 1);
  }
}
