// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.posix;

import java.nio.ByteBuffer;
import jnr.ffi.LibraryLoader;
import jnr.ffi.types.size_t;
import org.jspecify.annotations.Nullable;

/**
 * Deflate by libdeflate, which unpacks about twice as fast as zlib, where it is installed. It wants
 * whole streams and whole outputs in memory, which is what units of disk images are.
 *
 * <p>Buffers and the decompressor are per thread; the largest unit bounds them.
 */
public final class LibDeflate {
  /** Larger units are left to java.util.zip: nothing that is read often is that large. */
  private static final int MAX_BYTES = 4 << 20;

  private static final int INITIAL_BYTES = 128 << 10;

  /** The functions of libdeflate 1.x, with pointers as addresses. */
  public interface Lib {
    long libdeflate_alloc_decompressor();

    int libdeflate_deflate_decompress_ex(
        long decompressor,
        long in,
        @size_t long inBytes,
        long out,
        @size_t long outBytes,
        long actualIn,
        long actualOut);

    int libdeflate_zlib_decompress_ex(
        long decompressor,
        long in,
        @size_t long inBytes,
        long out,
        @size_t long outBytes,
        long actualIn,
        long actualOut);
  }

  private static final @Nullable Lib LIB = load();

  private static final ThreadLocal<@Nullable LibDeflate> MINE =
      ThreadLocal.withInitial(() -> LIB == null ? null : new LibDeflate(LIB));

  private final Lib lib;
  private final long decompressor;
  private ByteBuffer in = ByteBuffer.allocateDirect(INITIAL_BYTES);
  private ByteBuffer out = ByteBuffer.allocateDirect(INITIAL_BYTES);

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
   * Unpacks one stream into exactly {@code unit.length} bytes.
   *
   * @param bare true for a stream without zlib header and checksum
   * @return false where the library is missing or the stream is anything but a sound one of just
   *     that size: the caller then asks java.util.zip, which tells what is wrong
   */
  public static boolean unpack(byte[] packed, int offset, int length, byte[] unit, boolean bare) {
    @Nullable LibDeflate mine = MINE.get();
    return mine != null
        && length <= MAX_BYTES
        && unit.length <= MAX_BYTES
        && mine.run(packed, offset, length, unit, bare);
  }

  private boolean run(byte[] packed, int offset, int length, byte[] unit, boolean bare) {
    in = withRoom(in, length);
    out = withRoom(out, unit.length);
    in.clear().put(packed, offset, length);
    long from = Posix.address(in);
    long to = Posix.address(out);
    // Without a place for the size it found, the library insists on exactly the size it is given.
    int verdict =
        bare
            ? lib.libdeflate_deflate_decompress_ex(
                decompressor, from, length, to, unit.length, inBytes(), 0)
            : lib.libdeflate_zlib_decompress_ex(
                decompressor, from, length, to, unit.length, inBytes(), 0);
    if (verdict == 0) {
      out.clear().get(unit);
    }
    return verdict == 0;
  }

  /** Where the library puts how much it read: a stream may end before its sector does. */
  private final ByteBuffer consumed = ByteBuffer.allocateDirect(Long.BYTES);

  private long inBytes() {
    return Posix.address(consumed);
  }

  private static ByteBuffer withRoom(ByteBuffer buffer, int bytes) {
    return buffer.capacity() >= bytes ? buffer : ByteBuffer.allocateDirect(bytes);
  }
}
