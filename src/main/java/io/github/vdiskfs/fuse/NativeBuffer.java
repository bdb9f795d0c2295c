// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

import io.github.vdiskfs.posix.Posix;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Page-aligned memory outside the heap, with its address. Belongs to one thread. */
final class NativeBuffer {
  private final ByteBuffer bytes;
  private final long address;

  NativeBuffer(int size) {
    ByteBuffer whole = ByteBuffer.allocateDirect(size + Wire.PAGE);
    int start = (Wire.PAGE - whole.alignmentOffset(0, Wire.PAGE)) % Wire.PAGE;
    this.bytes = whole.slice(start, size).order(ByteOrder.nativeOrder());
    this.address = Posix.address(bytes);
  }

  ByteBuffer bytes() {
    return bytes;
  }

  long address() {
    return address;
  }
}
