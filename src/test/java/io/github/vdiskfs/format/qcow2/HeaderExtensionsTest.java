// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageException.Kind;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HeaderExtensionsTest {
  private static final long BACKING_FORMAT = 0xE2792ACAL;
  private static final long DATA_FILE = 0x44415441L;
  private static final long BITMAPS = 0x23852875L;

  /** Cluster of the bitmap directory. */
  private static final int DIRECTORY = 4096 * ImageBuilder.DATA_CLUSTER;

  private static final String NAME = "0123456789abcdef";

  private static Arguments of(UnaryOperator<ImageBuilder> damage, String complaint) {
    return Arguments.of(damage, complaint);
  }

  /** Two bitmaps, in a directory of 72 bytes. */
  private static ImageBuilder withBitmaps() {
    return ImageBuilder.v3()
        .u64(88, 1)
        .u32(104, BITMAPS)
        .u32(108, 24)
        .u32(112, 2)
        .u64(120, 72)
        .u64(128, DIRECTORY)
        .u32(DIRECTORY + 12, 2)
        .put(DIRECTORY + 16, (byte) 1, (byte) 16, (byte) 0, (byte) 5)
        .text(DIRECTORY + 24, "daily")
        .u32(DIRECTORY + 32 + 12, 1)
        .put(DIRECTORY + 32 + 16, (byte) 1, (byte) 9, (byte) 0, (byte) 16)
        .text(DIRECTORY + 32 + 24, NAME);
  }

  static Stream<Arguments> damages() {
    return Stream.of(
        of(
            b -> b.u32(104, 0x1234).u32(108, 4096 - 112 + 1),
            "length of header extension 0x00001234 is 3985, expected at most 3984"),
        of(
            b -> b.u32(104, 0x1234).u32(108, 0xFFFFFFFFL),
            "length of header extension 0x00001234 is 4294967295"),
        of(
            b -> b.u64(8, 120).u32(104, 0x1234).u32(108, 16),
            "length of header extension 0x00001234 is 16, expected at most 8"),
        of(
            b -> b.extension(104, BACKING_FORMAT, NAME),
            "length of the backing file format name is 16, expected at most 15"),
        of(
            b ->
                b.u32(20, 13)
                    .u64(40, 8192)
                    .u64(48, 8192)
                    .extension(104, DATA_FILE, NAME.repeat(256)),
            "length of the external data file name is 4096, expected at most 4095"));
  }

  static Stream<Arguments> bitmapDamages() {
    return Stream.of(
        of(b -> b.u32(108, 23), "length of the bitmaps extension is 23, expected 24"),
        of(b -> b.u32(112, 0), "nb_bitmaps is 0, expected 1 to 65535"),
        of(b -> b.u32(112, 65536), "nb_bitmaps is 65536, expected 1 to 65535"),
        of(b -> b.u32(116, 1), "reserved field of the bitmaps extension is 1, expected 0"),
        of(b -> b.u64(120, (8 << 20) + 1), "bitmap_directory_size is 8388609, expected at most"),
        of(b -> b.u64(120, -1), "bitmap_directory_size is 18446744073709551615, expected at most"),
        of(b -> b.u64(128, DIRECTORY + 8), "bitmap_directory_offset is 16392, expected"),
        of(b -> b.u64(128, -4096), "bitmap_directory_offset is 18446744073709547520, expected"),
        of(b -> b.u64(128, 24 * 4096), "bitmap_directory_offset is 98304, expected"),
        of(b -> b.u64(120, 80), "bitmap_directory_size is 80, expected 72 for its 2 entries"),
        of(b -> b.u64(120, 64), "bitmap directory goes on for 16 bytes, but may not go past"),
        of(b -> b.u32(112, 3), "bitmap directory goes on for 12 bytes, but may not go past"),
        of(
            b -> b.u32(DIRECTORY + 12, 8),
            "at host offset 16384: bitmap directory entry is damaged"),
        of(b -> b.put(DIRECTORY + 16, (byte) 2), "bitmap directory entry is damaged"),
        of(b -> b.put(DIRECTORY + 17, (byte) 8), "bitmap directory entry is damaged"),
        of(b -> b.put(DIRECTORY + 17, (byte) 32), "bitmap directory entry is damaged"),
        of(b -> b.put(DIRECTORY + 19, (byte) 0), "bitmap directory entry is damaged"),
        of(b -> b.put(DIRECTORY + 18, (byte) 4), "bitmap directory entry is damaged"),
        of(b -> b.u32(DIRECTORY + 20, 1), "bitmap directory entry is damaged"));
  }

  @ParameterizedTest
  @MethodSource("damages")
  void damageIsNamed(UnaryOperator<ImageBuilder> damage, String complaint) {
    check(damage.apply(ImageBuilder.v3()), complaint);
  }

  @ParameterizedTest
  @MethodSource("bitmapDamages")
  void damageOfBitmapsIsNamed(UnaryOperator<ImageBuilder> damage, String complaint) {
    check(damage.apply(withBitmaps()), complaint);
  }

  private static void check(ImageBuilder image, String complaint) {
    ImageException e = assertThrows(ImageException.class, image::open);
    assertEquals(Kind.CORRUPT, e.kind());
    assertTrue(e.getMessage().contains(complaint), e.getMessage());
  }

  @Test
  void bitmapsAreListed() throws IOException {
    try (Image image = withBitmaps().open()) {
      assertEquals(
          List.of(
              Map.of("flags", List.of("auto"), "name", "daily", "granularity", 65536L),
              Map.of("flags", List.of("in-use"), "name", NAME, "granularity", 512L)),
          image.info().details().get("bitmaps"));
    }
  }

  @Test
  void bitmapsOfAWriterThatDidNotKnowThemAreIgnored() throws IOException {
    try (Image image = withBitmaps().u64(88, 0).u32(116, 1).open()) {
      assertEquals(null, image.info().details().get("bitmaps"));
    }
  }

  @Test
  void extensionsFollowEachOtherAtMultiplesOfEight() throws IOException {
    ImageBuilder builder =
        ImageBuilder.v3()
            .extension(104, 0x1234, "odd")
            .extension(120, BACKING_FORMAT, "raw\0xyz")
            .u64(8, 300)
            .u32(16, 8)
            .text(300, "base.img");
    try (Image image = builder.open()) {
      assertEquals(new BackingReference("base.img", "raw"), image.info().backing());
    }
  }

  @Test
  void whatFollowsTheEndMarkIsNotLookedAt() throws IOException {
    ImageBuilder builder =
        ImageBuilder.v3()
            .u64(104, 0)
            .extension(112, BACKING_FORMAT, "raw")
            .u64(8, 300)
            .u32(16, 8)
            .text(300, "base.img");
    try (Image image = builder.open()) {
      assertEquals(new BackingReference("base.img", null), image.info().backing());
    }
  }

  @Test
  void anEmptyBackingFileNameIsNone() throws IOException {
    try (Image image = ImageBuilder.v3().u64(8, 300).open()) {
      assertEquals(null, image.info().backing());
    }
  }
}
