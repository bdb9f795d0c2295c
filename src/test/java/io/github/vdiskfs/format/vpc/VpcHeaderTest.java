// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageException.Kind;
import io.github.vdiskfs.image.TestImages;
import io.github.vdiskfs.storage.MemoryStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class VpcHeaderTest {
  private static VpcBuilder builder() {
    return new VpcBuilder(
        new int[] {0, VpcBuilder.UNUSED}, new int[] {0xFF}, new byte[][] {VpcBuilder.block(1)});
  }

  private static Image open(byte[] file) throws IOException {
    return new VpcFormat().open(new MemoryStorage("t.vhd", file), TestImages.context(Map.of()));
  }

  private static void assertRefused(Kind kind, String message, byte[] file) {
    ImageException e = assertThrows(ImageException.class, () -> open(file).close());
    assertTrue(e.getMessage().contains(message), e.getMessage());
    assertTrue(e.getMessage().startsWith("t.vhd: "), e.getMessage());
    assertEquals(kind, e.kind());
  }

  private static Arguments bad(Kind kind, String message, Consumer<ByteBuffer> change) {
    return Arguments.of(kind, message, change);
  }

  static Arguments[] badFooters() {
    return new Arguments[] {
      bad(Kind.UNSUPPORTED, "VHD version 2.0", b -> b.putInt(12, 0x20000)),
      bad(Kind.CORRUPT, "Data Offset is 511, expected a header", b -> b.putLong(16, 511)),
      bad(Kind.CORRUPT, "Data Offset is 18446744073709551615", b -> b.putLong(16, -1)),
      bad(Kind.CORRUPT, "Data Offset is 99999, expected a header", b -> b.putLong(16, 99999)),
      bad(Kind.CORRUPT, "at host offset 1024: no dynamic disk header", b -> b.putLong(16, 1024)),
      bad(Kind.CORRUPT, "virtual size is 36028797018963967 sectors", b -> b.putLong(48, -1)),
      bad(Kind.CORRUPT, "sectors, expected at most 4278190080", b -> b.putLong(48, 0x1FE00000200L)),
      bad(Kind.CORRUPT, "Max Table Entries is 2, expected at least 3", b -> b.putLong(48, 8704)),
      bad(Kind.UNSUPPORTED, "VHD disk type 0", b -> b.putInt(60, 0)),
      bad(Kind.UNSUPPORTED, "VHD disk type 5", b -> b.putInt(60, 5)),
      bad(Kind.UNSUPPORTED, "VHD disk type 4294967295", b -> b.putInt(60, -1)),
      bad(
          Kind.CORRUPT,
          "virtual size is 1048576, expected at most 11264",
          b -> {
            b.putInt(60, 2).putLong(48, 1 << 20);
          }),
    };
  }

  @ParameterizedTest
  @MethodSource("badFooters")
  void badFooterFieldIsNamed(Kind kind, String message, Consumer<ByteBuffer> change) {
    assertRefused(kind, message, builder().footer(change).build());
  }

  static Arguments[] badHeaders() {
    return new Arguments[] {
      bad(Kind.CORRUPT, "no dynamic disk header", b -> b.put(0, (byte) 'C')),
      bad(Kind.CORRUPT, "Table Offset is 511, expected a table", b -> b.putLong(16, 511)),
      bad(Kind.CORRUPT, "Table Offset is 18446744073709551615", b -> b.putLong(16, -1)),
      bad(Kind.CORRUPT, "Table Offset is 11769, expected", b -> b.putLong(16, 11769)),
      bad(Kind.UNSUPPORTED, "dynamic disk header 2.0", b -> b.putInt(24, 0x20000)),
      bad(Kind.CORRUPT, "Max Table Entries is 1, expected at least 2", b -> b.putInt(28, 1)),
      bad(Kind.CORRUPT, "a table of 4294967295 entries inside", b -> b.putInt(28, -1)),
      bad(Kind.CORRUPT, "Block Size is 0, expected a power", b -> b.putInt(32, 0)),
      bad(Kind.CORRUPT, "Block Size is 2048, expected a power", b -> b.putInt(32, 2048)),
      bad(Kind.CORRUPT, "Block Size is 6144, expected a power", b -> b.putInt(32, 6144)),
      bad(Kind.CORRUPT, "Block Size is 536870912, expected", b -> b.putInt(32, 1 << 29)),
      bad(Kind.CORRUPT, "Block Size is 2147483648, expected", b -> b.putInt(32, 1 << 31)),
    };
  }

  @ParameterizedTest
  @MethodSource("badHeaders")
  void badHeaderFieldIsNamed(Kind kind, String message, Consumer<ByteBuffer> change) {
    assertRefused(kind, message, builder().header(change).build());
  }

  @Test
  void wrongChecksumOfTheHeaderIsCorrupt() {
    byte[] file = builder().build(b -> b.put(VpcBuilder.HEADER + 1000, (byte) 1));
    assertRefused(
        Kind.CORRUPT, "host offset 512: the checksum of the dynamic disk header is 0xf", file);
  }

  @Test
  void missingFooterIsNamed() {
    assertRefused(Kind.CORRUPT, "footer is missing, expected one at the end", new byte[0]);
    assertRefused(Kind.CORRUPT, "footer is missing, expected one at the end", new byte[2000]);
  }

  /** A size of 4 cylinders * 3 heads * 2 sectors and a Current Size of 16 sectors. */
  private static long sizeFor(String creator, int cylinders, int heads, int sectors)
      throws IOException {
    VpcBuilder builder = builder();
    builder.footer(
        b -> {
          b.put(28, creator.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
          b.putShort(56, (short) cylinders).put(58, (byte) heads).put(59, (byte) sectors);
        });
    try (Image image = open(builder.header(b -> b.putInt(28, 200)).build())) {
      return image.size();
    }
  }

  @Test
  void creatorDecidesWhichSizeCounts() throws IOException {
    for (String exact : new String[] {"win ", "qem2", "d2v ", "tap\0", "CTXS"}) {
      assertEquals(8192, sizeFor(exact, 4, 3, 2), exact);
    }
    for (String geometry : new String[] {"vpc ", "vs  ", "qemu", "vbox", "\0\0\0\0"}) {
      assertEquals(24 * 512, sizeFor(geometry, 4, 3, 2), geometry);
      assertEquals(8192, sizeFor(geometry, 65535, 16, 255), geometry);
      assertEquals(8192, sizeFor(geometry, 0, 0, 0), geometry);
    }
  }

  @Test
  void largerTableThanNeededIsFine() throws IOException {
    try (Image image = open(builder().header(b -> b.putInt(28, 256)).build())) {
      assertEquals(2 * VpcBuilder.BLOCK, image.size());
    }
  }

  @Test
  void openingReadsHeadersAlone() throws IOException {
    MemoryStorage storage = new MemoryStorage("t.vhd", builder().unique(new UUID(3, 4)).build());
    new VpcFormat().open(storage, TestImages.context(Map.of())).close();
    assertTrue(storage.reads() <= 4, storage.reads() + " reads");
  }
}
