// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageException.Kind;
import io.github.vdiskfs.image.SnapshotInfo;
import io.github.vdiskfs.image.TestImages;
import io.github.vdiskfs.storage.MemoryStorage;
import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SnapshotTableTest {
  private static final String SAMPLE = "qcow2/snapshots.qcow2";
  private static final int TABLE = 4096 * ImageBuilder.DATA_CLUSTER;

  /** Snapshots 1 "b" without extra fields, and 2 "1" with all of them and 8 unknown bytes. */
  private static ImageBuilder twoSnapshots() {
    ImageBuilder b = ImageBuilder.v3().u32(60, 2).u64(64, TABLE).u64(24, 8192);
    b.u64(TABLE, 2 * 4096).u32(TABLE + 8, 8).u32(TABLE + 12, 1 << 16 | 1);
    b.u32(TABLE + 16, 1000).u32(TABLE + 20, 1).u64(TABLE + 24, 2).u32(TABLE + 32, 3);
    b.text(TABLE + 40, "1b");
    int second = TABLE + 48;
    b.u64(second, 2 * 4096).u32(second + 8, 8).u32(second + 12, 1 << 16 | 1);
    b.u32(second + 32, 3).u32(second + 36, 32);
    b.u64(second + 40, 1L << 33)
        .u64(second + 48, 4096)
        .u64(second + 56, 77)
        .text(second + 72, "21");
    return b;
  }

  @Test
  void fieldsThatAnEntryLacksHaveTheirOldMeaning() throws IOException {
    try (Image image = twoSnapshots().open()) {
      assertEquals(
          List.of(
              new SnapshotInfo("1", "b", 3, 1000, 1, 2, -1, 8192),
              new SnapshotInfo("2", "1", 1L << 33, 0, 0, 0, 77, 4096)),
          image.info().snapshots());
      assertEquals(8192, image.snapshot("b").size());
      assertEquals(8192, image.snapshot("1").size(), "an ID comes before a name");
      assertEquals(4096, image.snapshot("2").size());
    }
  }

  @Test
  void thereMayBeNoSuchSnapshot() throws IOException {
    try (Image image = twoSnapshots().open()) {
      ImageException e = assertThrows(ImageException.class, () -> image.snapshot("c"));
      assertEquals(Kind.NOT_FOUND, e.kind());
      assertEquals("built: no internal snapshot 'c'", e.getMessage());
    }
  }

  private static Arguments of(UnaryOperator<ImageBuilder> damage, String complaint) {
    return Arguments.of(damage, complaint);
  }

  static Stream<Arguments> tableDamages() {
    return Stream.of(
        of(b -> b.u32(60, 3000), "snapshot table goes on for"),
        of(b -> b.u64(64, 4096L << 40), "snapshot table goes on for 8 bytes, but may not go past"),
        of(b -> b.u64(64, Long.MAX_VALUE & -4096), "snapshot table goes on for 8 bytes"),
        of(
            b -> b.u32(TABLE + 36, 1025),
            "at host offset 16384: snapshot has 1025 extra bytes, expected at most 1024"),
        of(b -> b.u32(TABLE + 36, 0xFFFFFFFFL), "snapshot has 4294967295 extra bytes"));
  }

  @ParameterizedTest
  @MethodSource("tableDamages")
  void aDamagedTableIsNamed(UnaryOperator<ImageBuilder> damage, String complaint) {
    ImageBuilder image = damage.apply(twoSnapshots());
    ImageException e = assertThrows(ImageException.class, image::open);
    assertEquals(Kind.CORRUPT, e.kind());
    assertTrue(e.getMessage().contains(complaint), e.getMessage());
  }

  static Stream<Arguments> snapshotDamages() {
    int second = TABLE + 48;
    return Stream.of(
        of(b -> b.u64(second, 77), "snapshot's l1_table_offset is 77, expected a multiple"),
        of(b -> b.u32(second + 8, 5 << 20), "snapshot's l1_size is 5242880, expected 0 to 4194304"),
        of(b -> b.u64(second + 48, -1), "snapshot's disk size is 18446744073709551615, expected"));
  }

  @ParameterizedTest
  @MethodSource("snapshotDamages")
  void aDamagedSnapshotSpoilsItselfOnly(UnaryOperator<ImageBuilder> damage, String complaint)
      throws IOException {
    try (Image image = damage.apply(twoSnapshots()).open()) {
      ImageException e = assertThrows(ImageException.class, () -> image.snapshot("2"));
      assertEquals(Kind.CORRUPT, e.kind());
      assertTrue(e.getMessage().contains(complaint), e.getMessage());
      assertEquals(8192, image.snapshot("1").size());
      assertEquals(8192, Guest.read(image).length);
    }
  }

  @Test
  void whatAnL1TableDoesNotReachIsUnallocated() throws IOException {
    try (Image image = twoSnapshots().u32(TABLE + 48 + 8, 0).open()) {
      assertArrayEquals(new byte[4096], Guest.read(image.snapshot("2")));
    }
  }

  @ParameterizedTest
  @CsvSource({"first, 1, 65536", "second, 2, 131072"})
  void aSnapshotKeepsItsContentAndSize(String name, String id, long sizeBytes) throws IOException {
    MemoryStorage storage = TestImages.storage(SAMPLE);
    try (Image image = new Qcow2Format().open(storage, TestImages.context("qcow2"))) {
      byte[] content = TestImages.content(SAMPLE + "." + name);
      Image snapshot = image.snapshot(name);
      assertEquals(sizeBytes, snapshot.size());
      assertArrayEquals(content, Guest.read(snapshot));
      assertArrayEquals(content, Guest.read(image.snapshot(id)));
      snapshot.close();
      assertFalse(storage.isClosed());
    }
  }
}
