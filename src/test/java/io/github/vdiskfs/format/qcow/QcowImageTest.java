// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageException.Kind;
import io.github.vdiskfs.image.TestImages;
import io.github.vdiskfs.storage.MemoryStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QcowImageTest {
  private static final int L1 = 512;
  private static final int L2 = 1024;
  private static final int CLUSTER = 512;
  private static final long COMPRESSED = 1L << 63;

  /** 1 MiB, clusters of 512 bytes, L2 tables of 64 entries: the first at 1024. */
  private static ByteBuffer sound() {
    ByteBuffer b = ByteBuffer.allocate(64 * 1024);
    b.putInt(0, 0x514649FB).putInt(4, 1).putLong(24, 1 << 20).put(32, (byte) 9).put(33, (byte) 6);
    return b.putLong(40, L1).putLong(L1, L2);
  }

  private static Image open(ByteBuffer image) throws IOException {
    byte[] bytes = new byte[image.capacity()];
    image.get(0, bytes);
    return new QcowFormat().open(new MemoryStorage("built", bytes), TestImages.context(Map.of()));
  }

  private static ImageException refusal(ByteBuffer image) {
    return assertThrows(ImageException.class, () -> open(image));
  }

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

  @ParameterizedTest
  @CsvSource({
    "32, 8, cluster_bits is 8; expected 9 to 16",
    "32, 17, cluster_bits is 17; expected 9 to 16",
    "33, 5, l2_bits is 5; expected 6 to 13",
    "33, 14, l2_bits is 14; expected 6 to 13",
  })
  void damagedBytesAreNamed(int at, int value, String complaint) {
    check(refusal(sound().put(at, (byte) value)), Kind.CORRUPT, complaint);
  }

  @ParameterizedTest
  @CsvSource({
    "24, 0, size is 0; expected 2 to 8796092989440",
    "24, 1, size is 1; expected 2 to 8796092989440",
    "24, 8796092989441, size is 8796092989441; expected 2 to",
    "24, -1, size is 18446744073709551615; expected 2 to",
    "40, 65537, l1_table_offset is 65537; expected 0 to 65536",
    "40, -8, l1_table_offset is 18446744073709551608; expected 0 to",
    "8, 65537, backing_file_offset is 65537; expected 0 to 65536",
    "8, -1, backing_file_offset is 18446744073709551615; expected 0 to",
  })
  void damagedFieldsAreNamed(int at, long value, String complaint) {
    check(refusal(sound().putLong(at, value)), Kind.CORRUPT, complaint);
  }

  private static void check(ImageException e, Kind kind, String complaint) {
    assertEquals(kind, e.kind(), e.getMessage());
    assertTrue(e.getMessage().startsWith("built: "), e.getMessage());
    assertTrue(e.getMessage().contains(complaint.replace(';', ',')), e.getMessage());
  }

  @Test
  void otherDamageIsNamed() {
    check(refusal(sound().putInt(0, 1)), Kind.NOT_AN_IMAGE, "no qcow signature");
    check(refusal(sound().putInt(4, 2)), Kind.UNSUPPORTED, "qcow version 2");
    check(refusal(sound().putInt(36, 1)), Kind.UNSUPPORTED, "encryption with AES (crypt_method 1)");
    check(refusal(sound().putInt(36, 2)), Kind.UNSUPPORTED, "encryption (crypt_method 2)");
    check(
        refusal(sound().putLong(8, 48).putInt(16, 1024)),
        Kind.CORRUPT,
        "backing_file_size is 1024, expected 0 to 1023");
  }

  @Test
  void clustersOfAKindAreOneAnswer() throws IOException {
    ByteBuffer b = sound();
    b.putLong(L2, 4096).putLong(L2 + 8, 4608).putLong(L2 + 16, 8192).putLong(L2 + 40, 4096);
    try (Image image = open(b)) {
      assertEquals(
          List.of(
              "DATA 924 @4196",
              "DATA 512 @8192",
              "BACKING 1024",
              "DATA 512 @4096",
              "BACKING 29696",
              "BACKING 1015808"),
          walk(image, 100, image.size()));
    }
  }

  @Test
  void compressedClustersHaveTheirExactLength() throws IOException {
    ByteBuffer b = sound().putLong(L2, COMPRESSED | 300L << 54 | 4097);
    try (Image image = open(b)) {
      Extent extent = image.map(10, 9999);
      assertEquals(Extent.compressed(extent.requireStorage(), 4097, 300, 10, 502), extent);
      ImageException e = assertThrows(ImageException.class, () -> image.decode(extent));
      assertTrue(e.getMessage().contains("compressed cluster is damaged"), e.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {4097, 1L << 62, Long.MAX_VALUE - 511})
  void aBadEntrySpoilsItsOwnClusterOnly(long entry) throws IOException {
    ByteBuffer b = sound().putLong(L2, 4096).putLong(L2 + 8, entry).putLong(L2 + 16, 5120);
    try (Image image = open(b)) {
      assertEquals(List.of("DATA 512 @4096"), walk(image, 0, CLUSTER));
      ImageException e = assertThrows(ImageException.class, () -> image.map(CLUSTER, 1));
      check(e, Kind.CORRUPT, "at host offset 1032: L2 entry 0x");
      assertEquals(List.of("DATA 512 @5120"), walk(image, 2 * CLUSTER, 3 * CLUSTER));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {65536, 65025, -1, Long.MAX_VALUE, Long.MIN_VALUE})
  void aBadL1EntrySpoilsItsOwnRangeOnly(long entry) throws IOException {
    try (Image image = open(sound().putLong(L1 + 8, entry))) {
      assertEquals(List.of("BACKING 512"), walk(image, 0, CLUSTER));
      ImageException e = assertThrows(ImageException.class, () -> image.map(32768, 1));
      check(e, Kind.CORRUPT, "ends past the end of the file");
      assertEquals(List.of("BACKING 512"), walk(image, 65536, 65536 + CLUSTER));
    }
  }

  @Test
  void theBackingFileIsNamed() throws IOException {
    byte[] overlay = TestImages.bytes("qcow/overlay.qcow");
    try (Image image = open(ByteBuffer.wrap(overlay))) {
      assertEquals(new BackingReference("base.raw", null), image.info().backing());
    }
    try (Image image = open(sound().putLong(8, 48))) {
      assertEquals(null, image.info().backing());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "packed", "overlay"})
  void onlyImageExceptionsLeave(String sample) {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] bytes = TestImages.bytes("qcow/" + sample + ".qcow");
    for (int round = 0; round < 400; round++) {
      byte[] mutant = bytes.clone();
      for (int n = random.nextInt(4); n >= 0; n--) {
        mutant[random.nextInt(random.nextBoolean() ? 1000 : mutant.length)] =
            (byte) random.nextInt();
      }
      try (Image image = open(ByteBuffer.wrap(mutant))) {
        long at = 0;
        for (int step = 0; at < image.size() && step < 1000; step++) {
          Extent extent = image.map(at, image.size() - at);
          if (extent.kind() == Extent.Kind.COMPRESSED) {
            image.decode(extent);
          }
          at += extent.length();
        }
      } catch (ImageException e) {
        assertTrue(e.getMessage().length() > 10, e.getMessage());
      } catch (IOException | RuntimeException e) {
        fail("seed " + seed + ", round " + round, e);
      }
    }
  }
}
