// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import static io.github.vdiskfs.format.vdi.VdiBuilder.BLOCK;
import static io.github.vdiskfs.format.vdi.VdiBuilder.DATA;
import static io.github.vdiskfs.format.vdi.VdiBuilder.FREE;
import static io.github.vdiskfs.format.vdi.VdiBuilder.ZERO;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VdiWriterTest {
  private static Image open(MemoryStorage storage) throws IOException {
    return new VdiFormat().open(storage, TestImages.context(Map.of()));
  }

  private static MemoryStorage storage(int... entries) {
    byte[] data = VdiBuilder.blocks(4, 1);
    return new MemoryStorage("t.vdi", new VdiBuilder(entries, data).build());
  }

  private static int u32(MemoryStorage storage, int at) {
    return ByteBuffer.wrap(storage.content()).order(ByteOrder.LITTLE_ENDIAN).getInt(at);
  }

  @ParameterizedTest
  @CsvSource({"0, 0, two block map entries for host block 0", "0, 9, lead out of the file"})
  void damagedMapIsReadOnly(int first, int second, String expected) throws IOException {
    try (Image image = open(storage(first, second))) {
      ImageException e = assertThrows(ImageException.class, image::writer);
      assertEquals(ImageException.Kind.READ_ONLY, e.kind());
      assertTrue(e.getMessage().contains(expected), e.getMessage());
    }
  }

  @Test
  void identityChangesWithTheFirstWriteOnly() throws IOException {
    MemoryStorage storage = storage(0, 1, 2, 3);
    byte[] before = storage.content();
    try (Image image = open(storage)) {
      ImageWriter writer = image.writer();
      assertArrayEquals(before, storage.content());
      writer.placement(0, 1);
      byte[] after = storage.content();
      assertFalse(Arrays.equals(before, 408, 424, after, 408, 424));
      assertArrayEquals(Arrays.copyOf(before, 408), Arrays.copyOf(after, 408));
      assertEquals(-1, Arrays.mismatch(before, 424, before.length, after, 424, after.length));
    }
  }

  @Test
  void counterIsCorrectedBeforeTheFirstWrite() throws IOException {
    MemoryStorage storage =
        new MemoryStorage(
            "t.vdi",
            new VdiBuilder(new int[] {1, 0, FREE}, VdiBuilder.blocks(2, 1))
                .build(b -> b.putInt(388, 1)));
    try (Image image = open(storage)) {
      image.writer().placement(0, 1);
      assertEquals(2, u32(storage, 388));
    }
  }

  @Test
  void freedBlockIsUsedAgainAfterAFlush() throws IOException {
    MemoryStorage storage = storage(0, 1, 2, 3, FREE, FREE, FREE);
    try (Image image = open(storage)) {
      ImageWriter writer = image.writer();
      assertEquals(BLOCK, writer.zero(BLOCK, BLOCK));
      try (Reservation reserved = writer.reserve(4 * BLOCK, BLOCK)) {
        assertEquals(DATA + 4 * BLOCK, reserved.hostOffset());
        assertTrue(reserved.isZeroed());
      }
      writer.flush();
      assertEquals(ZERO, u32(storage, 512 + 4));
      try (Reservation reserved = writer.reserve(4 * BLOCK, BLOCK)) {
        assertEquals(DATA + BLOCK, reserved.hostOffset());
        assertFalse(reserved.isZeroed());
      }
    }
  }

  @Test
  void finishingLeavesNoGaps() throws IOException {
    MemoryStorage storage = storage(3, 1, 2, 0, FREE);
    try (Image image = open(storage)) {
      ImageWriter writer = image.writer();
      writer.zero(BLOCK, BLOCK);
      writer.finish();
    }
    assertEquals(3, u32(storage, 388));
    assertEquals(DATA + 3 * BLOCK, storage.size());
    assertEquals(1, u32(storage, 512), "the last block went to the gap");
    assertEquals(4, storage.content()[DATA + BLOCK]);
  }

  @Test
  void mapMovesWhereItHasNoRoom() throws IOException {
    MemoryStorage storage = storage(0, 1, 2, 3);
    int room = (DATA - 512) / 4;
    try (Image image = open(storage)) {
      ImageWriter writer = image.writer();
      writer.resize((room + 1L) * BLOCK);
      writer.finish();
      assertEquals((room + 1L) * BLOCK, image.size());
    }
    assertEquals(DATA, u32(storage, 340));
    assertEquals(DATA + BLOCK, u32(storage, 344));
    assertEquals(room + 1, u32(storage, 384));
    assertEquals(4, u32(storage, 388));
    try (Image image = open(new MemoryStorage("t.vdi", storage.content()))) {
      assertEquals(1, storage.content()[(int) image.map(0, 1).hostOffset()]);
      assertEquals(4, storage.content()[(int) image.map(3 * BLOCK, 1).hostOffset()]);
      assertTrue(image.map(4 * BLOCK, BLOCK).readsAsZero());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "static, maybe, 'static is maybe, expected on, off'",
    "colour, red, 'option is colour, expected static'"
  })
  void unknownOptionsAreRefused(String name, String value, String expected) {
    Creation creation = new Creation(1 << 20, Map.of(name, value), null, new MemoryFolder());
    MemoryStorage target = new MemoryStorage("new", new byte[0]);
    ImageException e =
        assertThrows(ImageException.class, () -> new VdiFormat().create(target, creation));
    assertEquals("new: " + expected, e.getMessage());
  }
}
