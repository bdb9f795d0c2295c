// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.posix;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jnr.ffi.LibraryLoader;
import jnr.ffi.types.u_int64_t;

/** The size of a terminal's window. */
public final class Terminal {
  private static final long TIOCGWINSZ = 0x5413;

  /** Four 16-bit numbers: rows, columns, and two in pixels. */
  private static final int WINDOW_BYTES = 8;

  private static final int COLUMNS_AT = 2;

  /** What of the C library is needed here. */
  public interface LibC {
    int ioctl(int fd, @u_int64_t long request, ByteBuffer window);
  }

  private Terminal() {}

  /** Characters in a line of the terminal behind a descriptor; 0 where it does not say. */
  public static int columns(int fd) {
    ByteBuffer window = ByteBuffer.allocateDirect(WINDOW_BYTES).order(ByteOrder.nativeOrder());
    LibC c = LibraryLoader.create(LibC.class).load("c");
    return c.ioctl(fd, TIOCGWINSZ, window) == 0
        ? Short.toUnsignedInt(window.getShort(COLUMNS_AT))
        : 0;
  }
}
