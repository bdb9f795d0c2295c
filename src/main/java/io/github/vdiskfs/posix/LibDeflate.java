// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.posix;

import jnr.ffi.LibraryLoader;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;
import jnr.ffi.annotations.Pinned;
import jnr.ffi.types.size_t;
import org.jspecify.annotations.Nullable;

/**
 * Deflate by libdeflate, which unpacks about twice as fast as zlib, where it is installed. It wants
 * whole streams and whole outputs in memory, which is what units of disk images are.
 *
 * <p>It works in the arrays themselves, which the garbage collector leaves in place until a call
 * returns: a unit takes less than it, and to copy two arrays takes longer. The decompressor is per
 * thread.
 */
public final class LibDeflate {
  /**
   * Larger units are left to java.util.zip, which takes them in pieces: the garbage collector waits
   * for a call.
   */
  private static final int MAX_BYTES = 4 << 20;

  /** The functions of libdeflate 1.x. A stream may end before {@code inBytes} do. */
  public interface Lib {
    long libdeflate_alloc_decompressor();

    int libdeflate_deflate_decompress(
        long decompressor,
        @In @Pinned byte[] in,
        @size_t long inBytes,
        @Out @Pinned byte[] out,
        @size_t long outBytes,
        long actualOut);

    int libdeflate_zlib_decompress(
        long decompressor,
        @In @Pinned byte[] in,
        @size_t long inBytes,
        @Out @Pinned byte[] out,
        @size_t long outBytes,
        long actualOut);
  }

  private static final @Nullable Lib LIB = load();

  private static final ThreadLocal<@Nullable LibDeflate> MINE =
      ThreadLocal.withInitial(() -> LIB == null ? null : new LibDeflate(LIB));

  private final Lib lib;
  private final long decompressor;

  private LibDeflate(Lib lib) {
    this.lib = lib;
    this.decompressor = lib.libdeflate_alloc_decompressor();
  }

  private static @Nullable Lib load() {
    try {
      return LibraryLoader.create(Lib.class).failImmediately().load("deflate");
    } catch (UnsatisfiedLinkError e) {
      return null;
    }
  }

  /** True where the library is installed. */
  public static boolean isPresent() {
    return LIB != null;
  }

  /**
   * Unpacks the stream at the start of {@code packed} into exactly {@code unit.length} bytes.
   *
   * @param length bytes in which the stream must end
   * @param bare true for a stream without zlib header and checksum
   * @return false where the library is missing or the stream is anything but a sound one of just
   *     that size: the caller then asks java.util.zip, which tells what is wrong
   */
  public static boolean unpack(byte[] packed, int length, byte[] unit, boolean bare) {
    @Nullable LibDeflate mine = MINE.get();
    return mine != null
        && length <= MAX_BYTES
        && unit.length <= MAX_BYTES
        && mine.run(packed, length, unit, bare);
  }

  private boolean run(byte[] packed, int length, byte[] unit, boolean bare) {
    // Without a place for the size it found, the library insists on exactly the size it is given.
    int verdict =
        bare
            ? lib.libdeflate_deflate_decompress(decompressor, packed, length, unit, unit.length, 0)
            : lib.libdeflate_zlib_decompress(decompressor, packed, length, unit, unit.length, 0);
    return verdict == 0;
  }
}
