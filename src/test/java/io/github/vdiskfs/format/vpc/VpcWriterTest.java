// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import static io.github.vdiskfs.format.vpc.VpcBuilder.BLOCK;
import static io.github.vdiskfs.format.vpc.VpcBuilder.BLOCK_ON_HOST;
import static io.github.vdiskfs.format.vpc.VpcBuilder.FIRST_BLOCK;
import static io.github.vdiskfs.format.vpc.VpcBuilder.UNUSED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.image.CheckReport;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageFormat.Creation;
import io.github.vdiskfs.image.ImageWriter;
import io.github.vdiskfs.image.Reservation;
import io.github.vdiskfs.image.TestImages;
import io.github.vdiskfs.storage.MemoryFolder;
import io.github.vdiskfs.storage.MemoryStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VpcWriterTest {
  private static final byte[][] BLOCKS = {VpcBuilder.block(1), VpcBuilder.block(2)};

  private static VpcBuilder builder(int... entries) {
    return new VpcBuilder(entries, new int[] {0xFF, 0xFF}, BLOCKS);
  }

  private static Image open(MemoryStorage storage) throws IOException {
    byte[] parent = builder(0, 1).unique(new UUID(2, 2)).build();
    return new VpcFormat().open(storage, TestImages.context(Map.of("p.vhd", parent)));
  }

  private static void assertReadOnly(byte[] bytes, String expected) throws IOException {
    try (Image image = open(new MemoryStorage("t.vhd", bytes))) {
      ImageException e = assertThrows(ImageException.class, image::writer);
      assertEquals(ImageException.Kind.READ_ONLY, e.kind());
      assertTrue(e.getMessage().contains(expected), e.getMessage());
    }
  }

  /** As {@link #assertReadOnly}, and a check says the same. */
  private static void assertDamaged(byte[] bytes, String expected) throws IOException {
    assertReadOnly(bytes, expected);
    try (Image image = open(new MemoryStorage("t.vhd", bytes))) {
      CheckReport report = new CheckReport(CheckReport.Repair.NONE, (done, total) -> {});
      image.check(report);
      assertTrue(report.words().get(0).endsWith(expected), report.words().toString());
      assertTrue(report.corruptions() > 0);
    }
  }

  @Test
  void damagedTablesAreReadOnly() throws IOException {
    assertReadOnly(builder(0, 0).build(), "blocks that overlap at host offset " + FIRST_BLOCK);
    assertReadOnly(builder(0, 7).build(), "damaged BAT entries");
    Consumer<ByteBuffer> intoFooter =
        b -> b.putInt(VpcBuilder.BAT, (FIRST_BLOCK + 2 * BLOCK_ON_HOST) / 512 - 8);
    assertDamaged(builder(0).build(intoFooter), "overlaps the footer");
    byte[] batmap = "tdbatmap".getBytes(StandardCharsets.US_ASCII);
    assertReadOnly(builder(0).build(b -> b.put(VpcBuilder.BAT + 512, batmap)), "a batmap");
    assertReadOnly(
        builder(0).build(b -> b.put(b.capacity() - 512, (byte) 0)), "no sound footer at its end");
  }

  @Test
  void blocksOverTablesAreReadOnly() throws IOException {
    for (int at : new int[] {0, VpcBuilder.HEADER, VpcBuilder.LOCATORS, VpcBuilder.BAT}) {
      assertReadOnly(
          child(VpcBuilder.LOCATORS + 512).build(b -> b.putInt(VpcBuilder.BAT, at / 512)),
          "damaged BAT entries");
    }
    assertDamaged(child(FIRST_BLOCK + BLOCK_ON_HOST - 1).build(), "overlaps a parent locator");
  }

  @Test
  void tablesThatOverlapAreReadOnly() throws IOException {
    assertDamaged(child(VpcBuilder.HEADER + 1000).build(), "locator that overlaps the header");
    assertReadOnly(child(VpcBuilder.BAT + 4).build(), "locator that overlaps the BAT");
    VpcBuilder moved = builder(0, 1).header(b -> b.putLong(16, VpcBuilder.HEADER + 512));
    assertReadOnly(moved.build(), "the BAT that overlaps the header");
  }

  /** A differencing image whose second parent locator has its data at a host offset. */
  private static VpcBuilder child(long secondLocator) {
    return builder(0, 1)
        .parent(new UUID(2, 2), "p.vhd")
        .relative("p.vhd")
        .absolute("x")
        .header(b -> b.putLong(576 + 24 + 16, secondLocator));
  }

  @Test
  void footerMovesBeforeABlockTakesItsPlace() throws IOException {
    MemoryStorage storage = new MemoryStorage("t.vhd", builder(0, 1, UNUSED, UNUSED).build());
    long footerOffset = storage.size() - VpcFooter.BYTES;
    try (Image image = open(storage)) {
      ImageWriter writer = image.writer();
      try (Reservation reserved = writer.reserve(2 * BLOCK, BLOCK)) {
        assertEquals(footerOffset + 512, reserved.hostOffset());
        assertTrue(reserved.isZeroed());
        assertTrue(storage.size() >= footerOffset + BLOCK_ON_HOST + VpcFooter.BYTES);
        assertEquals(
            "conectix",
            new String(
                storage.content(), (int) storage.size() - 512, 8, StandardCharsets.US_ASCII));
        reserved.publish();
      }
      writer.finish();
    }
    assertEquals(footerOffset + BLOCK_ON_HOST + VpcFooter.BYTES, storage.size());
  }

  @Test
  void freedBlockIsUsedAgainAfterAFlush() throws IOException {
    MemoryStorage storage = new MemoryStorage("t.vhd", builder(0, 1, UNUSED).build());
    try (Image image = open(storage)) {
      ImageWriter writer = image.writer();
      writer.reserve(2 * BLOCK, BLOCK).close();
      assertEquals(BLOCK, writer.zero(0, BLOCK));
      try (Reservation reserved = writer.reserve(2 * BLOCK, BLOCK)) {
        assertEquals(FIRST_BLOCK + 2 * BLOCK_ON_HOST + 512, reserved.hostOffset());
      }
      writer.flush();
      try (Reservation reserved = writer.reserve(2 * BLOCK, BLOCK)) {
        assertFalse(reserved.isZeroed());
        assertEquals(FIRST_BLOCK + 512, reserved.hostOffset());
      }
    }
  }

  @Test
  void sizesAreFixed() throws IOException {
    try (Image image = open(new MemoryStorage("t.vhd", builder(0, 1).build()))) {
      ImageException e =
          assertThrows(ImageException.class, () -> image.writer().resize(4L * BLOCK));
      assertEquals(ImageException.Kind.FIXED_SIZE, e.kind());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "subformat, sparse, 'subformat is sparse, expected dynamic or fixed'",
    "force_size, off, 'force_size is off, expected on: sizes are exact'",
    "colour, red, 'option is colour, expected subformat or force_size'"
  })
  void unknownOptionsAreRefused(String name, String value, String expected) {
    Creation creation = new Creation(1 << 20, Map.of(name, value), null, new MemoryFolder());
    MemoryStorage target = new MemoryStorage("new", new byte[0]);
    ImageException e =
        assertThrows(ImageException.class, () -> new VpcFormat().create(target, creation));
    assertEquals("new: " + expected, e.getMessage());
  }
}
