// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageException.Kind;
import java.io.IOException;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class Qcow2HeaderTest {
  /** What is done to a sound image, and the complaint that has to come. */
  private static Arguments of(UnaryOperator<ImageBuilder> damage, Kind kind, String complaint) {
    return Arguments.of(damage, kind, complaint);
  }

  private static Arguments corrupt(int at, int bytes, long value, String complaint) {
    return of(b -> bytes == 4 ? b.u32(at, value) : b.u64(at, value), Kind.CORRUPT, complaint);
  }

  private static Arguments refused(int at, int bytes, long value, String complaint) {
    return of(b -> bytes == 4 ? b.u32(at, value) : b.u64(at, value), Kind.UNSUPPORTED, complaint);
  }

  static Stream<Arguments> damages() {
    return Stream.of(
        of(b -> b.u32(0, 0x514649FA), Kind.NOT_AN_IMAGE, "no qcow2 signature"),
        refused(4, 4, 4, "qcow2 version 4"),
        refused(4, 4, 1, "qcow2 version 1"),
        refused(4, 4, 0xFFFFFFFFL, "qcow2 version 4294967295"),
        corrupt(20, 4, 8, "cluster_bits is 8, expected 9 to 21"),
        corrupt(20, 4, 22, "cluster_bits is 22, expected 9 to 21"),
        corrupt(20, 4, 0xFFFFFFFFL, "cluster_bits is 4294967295, expected 9 to 21"),
        corrupt(100, 4, 103, "header_length is 103, expected 104 to 4096"),
        corrupt(100, 4, 4097, "header_length is 4097, expected 104 to 4096"),
        corrupt(100, 4, 0xFFFFFFF8L, "header_length is 4294967288, expected 104 to 4096"),
        corrupt(8, 8, 4097, "backing_file_offset is 4097, expected 0 to 4096"),
        corrupt(8, 8, -1, "backing_file_offset is -1, expected 0 to 4096"),
        of(
            b -> b.u64(8, 200).u32(16, 1024),
            Kind.CORRUPT,
            "backing_file_size is 1024, expected 0 to 1023"),
        of(
            b -> b.u64(8, 4000).u32(16, 97),
            Kind.CORRUPT,
            "backing_file_size is 97, expected 0 to 96"),
        corrupt(24, 8, (16 << 20) + 1, "size is 16777217, expected a size that the L1 table of 8"),
        corrupt(24, 8, -1, "size is 18446744073709551615, expected a size"),
        corrupt(24, 8, Long.MIN_VALUE, "size is 9223372036854775808, expected a size"),
        refused(32, 4, 1, "encryption with AES (crypt_method 1)"),
        refused(32, 4, 2, "encryption with LUKS (crypt_method 2)"),
        refused(32, 4, 3, "encryption (crypt_method 3)"),
        corrupt(36, 4, 7, "size is 16777216, expected a size that the L1 table of 7"),
        corrupt(36, 4, (4 << 20) + 1, "l1_size is 4194305, expected 0 to 4194304"),
        corrupt(40, 8, 0x2200, "l1_table_offset is 8704, expected a multiple of the cluster size"),
        corrupt(40, 8, Long.MIN_VALUE, "l1_table_offset is 9223372036854775808, expected a mult"),
        corrupt(48, 8, 0x1200, "refcount_table_offset is 4608, expected a multiple"),
        corrupt(56, 4, 0, "refcount_table_clusters is 0, expected 1 to 2048"),
        corrupt(56, 4, 2049, "refcount_table_clusters is 2049, expected 1 to 2048"),
        corrupt(60, 4, 65537, "nb_snapshots is 65537, expected 0 to 65536"),
        corrupt(64, 8, 8, "snapshots_offset is 8, expected a multiple"),
        refused(72, 8, 1L << 5, "incompatible feature bit 5"),
        refused(72, 8, 1L << 63 | 1L << 40, "incompatible feature bit 40, bit 63"),
        refused(72, 8, -1L, "incompatible feature bit 5, bit 6,"),
        corrupt(72, 8, 1L << 4, "cluster_bits (with extended L2 entries) is 12, expected 14 to 21"),
        corrupt(72, 8, 1L << 3, "compression_type is 0, expected 0 exactly where"),
        corrupt(88, 8, 1L << 1, "autoclear feature bit 'raw external data' is 1, expected 0"),
        corrupt(96, 4, 7, "refcount_order is 7, expected 0 to 6"),
        of(
            b -> b.u32(100, 112).u64(72, 1L << 3).put(104, (byte) 2),
            Kind.UNSUPPORTED,
            "compression type 2"),
        of(
            b -> b.u32(100, 112).put(104, (byte) 1),
            Kind.CORRUPT,
            "compression_type is 1, expected 0 exactly where"),
        of(
            b -> b.u64(72, 1L << 2),
            Kind.INCOMPLETE,
            "the data is in an external file, but the image does not name it"));
  }

  @ParameterizedTest
  @MethodSource("damages")
  void damageIsNamed(UnaryOperator<ImageBuilder> damage, Kind kind, String complaint) {
    ImageBuilder image = damage.apply(ImageBuilder.v3());
    ImageException e = assertThrows(ImageException.class, image::open);
    assertEquals(kind, e.kind(), e.getMessage());
    assertTrue(e.getMessage().startsWith("built: "), e.getMessage());
    assertTrue(e.getMessage().contains(complaint), e.getMessage());
  }

  @Test
  void unknownFeaturesAreCalledByTheNamesInTheImage() {
    ImageBuilder image =
        ImageBuilder.v3()
            .u64(72, 1L << 6 | 1L << 7)
            .u32(104, 0x6803F857L)
            .u32(108, 96)
            .put(112, (byte) 1, (byte) 6)
            .text(114, "a compatible one")
            .put(160, (byte) 0, (byte) 7)
            .text(162, "time\ttravel");
    ImageException e = assertThrows(ImageException.class, image::open);
    assertEquals(
        "built: not supported: incompatible feature bit 6, 'time?travel' (bit 7)", e.getMessage());
  }

  @Test
  void damagedExtensionsDoNotHideTheUnknownFeature() {
    ImageBuilder image = ImageBuilder.v3().u64(72, 1L << 6).u32(104, 0x1234).u32(108, 0x10000);
    ImageException e = assertThrows(ImageException.class, image::open);
    assertEquals(Kind.UNSUPPORTED, e.kind());
  }

  @Test
  void version2HasNoFieldsOfVersion3() {
    ImageBuilder image = new ImageBuilder(2, 12, 16 << 20, 0).u64(72, 0).u32(96, 77).u64(88, -1);
    assertDoesNotThrow(() -> image.open().close());
  }

  @Test
  void sizesAreWholeSectors() throws IOException {
    for (long size : new long[] {0, 1, 511, 512, 1000, (16 << 20) - 1}) {
      try (Image image = ImageBuilder.v3().u64(24, size).open()) {
        assertEquals(size / 512 * 512, image.size());
      }
    }
  }

  @Test
  void theLargestL1TableCostsNothingToOpen() throws IOException {
    ImageBuilder builder = new ImageBuilder(3, 21, 1L << 61, 0);
    try (Image image = builder.open()) {
      assertEquals(1L << 61, image.size());
    }
  }

  @Test
  void probeLeavesVersionOneToQcowAndClaimsVersionsToCome() throws IOException {
    Qcow2Format format = new Qcow2Format();
    for (int version = 0; version < 6; version++) {
      assertEquals(version >= 2, format.probe(ImageBuilder.v3().u32(4, version).storage()));
    }
  }
}
