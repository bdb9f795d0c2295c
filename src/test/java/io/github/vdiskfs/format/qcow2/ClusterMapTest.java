// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterMapTest {
  private static final long CLUSTER = 4096;
  private static final long COPIED = 1L << 63;
  private static final long COMPRESSED = 1L << 62;
  private static final long ZERO = 1;
  private static final long EXTENDED_L2 = 1 << 4;
  private static final long EXTERNAL_DATA = 1 << 2;

  /** The map as text: kind, length and host offset of each answer; "!" for what is damaged. */
  private static List<String> walk(Image image, long from, long until) throws IOException {
    List<String> answers = new ArrayList<>();
    for (long at = from; at < until; ) {
      Extent extent = image.map(at, until - at);
      String host = extent.storage() == null ? "" : " @" + extent.hostOffset();
      answers.add(extent.kind() + " " + extent.length() + host);
      at += extent.length();
    }
    return answers;
  }

  @Test
  void clustersOfAKindAreOneAnswer() throws IOException {
    ImageBuilder b = ImageBuilder.v3();
    b.l2(0, COPIED | b.data(0)).l2(1, b.data(1)).l2(2, COPIED | b.data(3));
    b.l2(3, ZERO)
        .l2(4, ZERO)
        .l2(5, b.data(4) | ZERO)
        .l2(6, b.data(5) | ZERO)
        .l2(7, b.data(7) | ZERO);
    try (Image image = b.open()) {
      assertEquals(
          List.of(
              "DATA 8192 @16384",
              "DATA 4096 @28672",
              "ZERO 8192",
              "ZERO 8192 @32768",
              "ZERO 4096 @45056",
              "BACKING 2064384",
              "BACKING 14680064"),
          walk(image, 0, image.size()));
    }
  }

  @Test
  void answersStartInsideClustersAndEndWhereAsked() throws IOException {
    ImageBuilder b = ImageBuilder.v3();
    b.l2(0, b.data(0)).l2(1, b.data(1));
    try (Image image = b.open()) {
      assertEquals(List.of("DATA 7192 @17384", "BACKING 1"), walk(image, 1000, 8193));
      assertEquals(
          Extent.data(image.map(0, 1).requireStorage(), 16384 + 4095, 2), image.map(4095, 2));
    }
  }

  @Test
  void anL2TableThatIsMissingIsPassedAtOnceAndSoAreManyOfThem() throws IOException {
    ImageBuilder b = new ImageBuilder(3, 9, 1 << 20, 0).l1(0, 0).l1(2, 3 * 512).l1(31, 3 * 512);
    b.l2(0, b.data(0));
    try (Image image = b.open()) {
      assertEquals(Extent.backing(65536 - 5), image.map(5, image.size()));
      assertEquals(Extent.backing(10), image.map(5, 10));
      assertEquals(Extent.backing(28 * 32768), image.map(3 * 32768, image.size()));
    }
  }

  @Test
  void reservedBitsAreIgnored() throws IOException {
    ImageBuilder b = ImageBuilder.v3();
    b.l1(0, 0x7F000000000001FFL | 3 * CLUSTER).l2(0, 0x3F000000000001FEL | b.data(0));
    try (Image image = b.open()) {
      assertEquals(List.of("DATA 4096 @16384"), walk(image, 0, CLUSTER));
    }
  }

  @Test
  void aBadEntrySpoilsItsOwnClusterOnly() throws IOException {
    ImageBuilder b = ImageBuilder.v3();
    b.l2(0, b.data(0)).l2(1, b.data(1) + 512).l2(2, b.data(2));
    try (Image image = b.open()) {
      assertEquals(List.of("DATA 4096 @16384"), walk(image, 0, CLUSTER));
      ImageException e = assertThrows(ImageException.class, () -> image.map(CLUSTER + 7, 1));
      assertEquals(
          "built: at host offset 12296: L2 entry 0x0000000000005200 has a cluster offset"
              + " that is no multiple of 4096",
          e.getMessage());
      assertEquals(List.of("DATA 4096 @24576"), walk(image, 2 * CLUSTER, 3 * CLUSTER));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0x3200, no multiple of 4096",
    "0x00fffffffffff000, ends past the end of the file",
    "0x18000, ends past the end of the file",
  })
  void aBadL1EntrySpoilsItsOwnRangeOnly(String entry, String complaint) throws IOException {
    ImageBuilder b = ImageBuilder.v3().l1(1, Long.decode(entry)).l1(2, 3 * CLUSTER);
    b.l2(0, b.data(0));
    try (Image image = b.open()) {
      assertEquals(List.of("DATA 4096 @16384"), walk(image, 0, CLUSTER));
      ImageException e = assertThrows(ImageException.class, () -> image.map(2 << 20, 1));
      assertEquals(ImageException.Kind.CORRUPT, e.kind());
      assertTrue(e.getMessage().contains(complaint), e.getMessage());
      assertEquals(List.of("DATA 4096 @16384"), walk(image, 4 << 20, (4 << 20) + CLUSTER));
    }
  }

  @Test
  void tablesOfDifferentShapeAtOneOffsetDoNotMix() throws IOException {
    // The L1 table, of 8 entries, is also said to be an L2 table, of 512.
    try (Image image = ImageBuilder.v3().l1(1, 2 * CLUSTER).open()) {
      assertEquals(List.of("BACKING 4096"), walk(image, 0, CLUSTER));
      assertEquals(List.of("DATA 4096 @12288"), walk(image, 2 << 20, (2 << 20) + CLUSTER));
      assertEquals(Extent.backing(CLUSTER), image.map((4 << 20) - CLUSTER, CLUSTER));
    }
  }

  @Test
  void dataPastTheEndOfTheFileIsZero() throws IOException {
    try (Image image = ImageBuilder.v3().u64(24, CLUSTER).l2(0, 1L << 40).open()) {
      assertEquals(List.of("DATA 4096 @1099511627776"), walk(image, 0, CLUSTER));
      assertEquals(CLUSTER, Guest.read(image).length);
    }
  }

  @Test
  void version2HasNoZeroClusters() throws IOException {
    ImageBuilder b = new ImageBuilder(2, 12, 16 << 20, 0).l2(0, ZERO);
    try (Image image = b.open()) {
      ImageException e = assertThrows(ImageException.class, () -> image.map(0, 1));
      assertTrue(e.getMessage().contains("zero cluster, which version 2 does not have"));
    }
  }

  @Test
  void compressedClustersAreMeasuredInSectors() throws IOException {
    long threeSectors = 2L << 58; // clusters of 4 KiB: 58 bits of offset, 4 of size
    ImageBuilder b = ImageBuilder.v3().l2(1, COMPRESSED | threeSectors | 16384 + 100);
    try (Image image = b.open()) {
      Extent extent = image.map(CLUSTER + 96, 1 << 20);
      assertEquals(
          Extent.compressed(extent.requireStorage(), 16484, 1436, 96, CLUSTER - 96), extent);
      ImageException e = assertThrows(ImageException.class, () -> image.decode(extent));
      assertTrue(e.getMessage().contains("compressed cluster is damaged"), e.getMessage());
    }
  }

  @Test
  void subclustersAreTakenOneByOne() throws IOException {
    ImageBuilder b = new ImageBuilder(3, 14, 16 << 20, EXTENDED_L2);
    b.l2(0, b.data(0), 0xFFFF_0000L | 0xF0L << 32); // nothing, zeroes, nothing, data
    b.l2(1, b.data(1), 0x1L | 0xFFFF_FFFEL << 32); // data, zeroes
    b.l2(2, 0, 0xFFFFL << 32); // zeroes, nothing
    try (Image image = b.open()) {
      assertEquals(
          List.of(
              "BACKING 2048 @65536",
              "ZERO 2048 @67584",
              "BACKING 4096 @69632",
              "DATA 8704 @73728",
              "ZERO 15872 @82432",
              "ZERO 8192",
              "BACKING 8192"),
          walk(image, 0, 3 * 16384));
      assertEquals(List.of("DATA 501 @81919"), walk(image, 16383, 16884));
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 0x100000001", "0, 0x1"})
  void impossibleSubclustersAreDamage(int allocated, String bitmap) throws IOException {
    ImageBuilder b = new ImageBuilder(3, 14, 16 << 20, EXTENDED_L2);
    b.l2(0, allocated * b.data(0), Long.decode(bitmap));
    try (Image image = b.open()) {
      ImageException e = assertThrows(ImageException.class, () -> image.map(0, 1));
      assertTrue(e.getMessage().contains("contradicts its subcluster bitmap"), e.getMessage());
    }
  }

  @Test
  void anExternalClusterIsAtItsGuestOffset() throws IOException {
    ImageBuilder b =
        new ImageBuilder(3, 12, 16 << 20, EXTERNAL_DATA).extension(104, 0x44415441L, "data");
    b.l2(0, COPIED).l2(1, CLUSTER).l2(2, 5 * CLUSTER).l2(3, COMPRESSED | 77);
    try (Image image = b.open(Map.of("data", new byte[10_000]))) {
      assertEquals(List.of("DATA 8192 @0"), walk(image, 0, 2 * CLUSTER));
      assertEquals("data", image.map(0, 1).requireStorage().name());
      ImageException moved = assertThrows(ImageException.class, () -> image.map(2 * CLUSTER, 1));
      assertTrue(moved.getMessage().contains("not at its guest offset 8192"));
      ImageException packed = assertThrows(ImageException.class, () -> image.map(3 * CLUSTER, 1));
      assertTrue(packed.getMessage().contains("is a compressed cluster in an image with an ext"));
    }
  }
}
