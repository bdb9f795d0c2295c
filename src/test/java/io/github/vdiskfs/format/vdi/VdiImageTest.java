// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import static io.github.vdiskfs.format.vdi.VdiBuilder.BLOCK;
import static io.github.vdiskfs.format.vdi.VdiBuilder.DATA;
import static io.github.vdiskfs.format.vdi.VdiBuilder.FREE;
import static io.github.vdiskfs.format.vdi.VdiBuilder.ZERO;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.TestImages;
import io.github.vdiskfs.storage.MemoryStorage;
import java.io.IOException;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class VdiImageTest {
  private static final UUID PARENT = new UUID(7, 7);

  private static MemoryStorage storage(VdiBuilder builder) {
    return new MemoryStorage("t.vdi", builder.build());
  }

  private static Image open(MemoryStorage storage) throws IOException {
    byte[] parent = new VdiBuilder(new int[] {FREE}, new byte[0]).identity(PARENT, PARENT).build();
    return new VdiFormat().open(storage, TestImages.context(Map.of("parent.vdi", parent)));
  }

  @Test
  void contiguousBlocksAreOneRun() throws IOException {
    int[] entries = {1, 2, 3, 0, ZERO, FREE, FREE, 4};
    MemoryStorage s = storage(new VdiBuilder(entries, VdiBuilder.blocks(5, 1)));
    try (Image image = open(s)) {
      assertEquals(Extent.data(s, DATA + BLOCK, 3 * BLOCK), image.map(0, image.size()));
      assertEquals(Extent.data(s, DATA + 2 * BLOCK - 100, 50), image.map(BLOCK - 100, 50));
      assertEquals(
          Extent.data(s, DATA + 2 * BLOCK - 1, 2 * BLOCK + 1), image.map(BLOCK - 1, 1 << 20));
      assertEquals(Extent.data(s, DATA, BLOCK), image.map(3 * BLOCK, image.size()));
      assertEquals(Extent.zero(3 * BLOCK), image.map(4 * BLOCK, image.size()));
      assertEquals(Extent.zero(2 * BLOCK - 7), image.map(5 * BLOCK + 7, image.size()));
      assertEquals(Extent.data(s, DATA + 4 * BLOCK, BLOCK), image.map(7 * BLOCK, Long.MAX_VALUE));
    }
  }

  @Test
  void unallocatedIsTheParentsAndZeroIsNot() throws IOException {
    int[] entries = {FREE, FREE, ZERO, 0, FREE};
    MemoryStorage s =
        storage(new VdiBuilder(entries, VdiBuilder.blocks(1, 1)).parent(PARENT, PARENT));
    try (Image image = open(s)) {
      assertEquals(Extent.backing(2 * BLOCK), image.map(0, image.size()));
      assertEquals(Extent.zero(BLOCK), image.map(2 * BLOCK, image.size()));
      assertEquals(Extent.data(s, DATA, BLOCK), image.map(3 * BLOCK, image.size()));
      assertEquals(Extent.backing(BLOCK), image.map(4 * BLOCK, image.size()));
    }
  }

  @Test
  void staticImageIsFlat() throws IOException {
    MemoryStorage s = storage(new VdiBuilder(new int[] {0, 1}, VdiBuilder.blocks(2, 1)).type(2));
    try (Image image = open(s)) {
      assertEquals(Extent.flat(s, DATA + 5, 2 * BLOCK - 5), image.map(5, image.size()));
    }
  }

  @Test
  void badEntrySpoilsItsOwnRange() throws IOException {
    int[] entries = {0, 1, 2, FREE, 0xFFFFFFFD};
    MemoryStorage s = storage(new VdiBuilder(entries, VdiBuilder.blocks(2, 1)));
    try (Image image = open(s)) {
      assertEquals(Extent.data(s, DATA, 2 * BLOCK), image.map(0, image.size()));
      assertEquals(Extent.zero(BLOCK), image.map(3 * BLOCK, image.size()));
      for (int block : new int[] {2, 4}) {
        ImageException e =
            assertThrows(ImageException.class, () -> image.map((long) block * BLOCK, 1));
        assertEquals(ImageException.Kind.CORRUPT, e.kind());
        String expected = "at host offset " + (512 + 4 * block) + ": block map entry " + block;
        assertTrue(e.getMessage().contains(expected), e.getMessage());
      }
    }
  }

  @Test
  void shortLastBlockNeedsOnlyTheDisksBytes() throws IOException {
    byte[] data = java.util.Arrays.copyOf(VdiBuilder.blocks(2, 1), BLOCK + 512);
    MemoryStorage s = storage(new VdiBuilder(new int[] {0, 1}, data).diskSize(BLOCK + 512));
    try (Image image = open(s)) {
      assertEquals(Extent.data(s, DATA, BLOCK + 512), image.map(0, image.size()));
    }
  }

  @Test
  void oneTableReadServesManyQuestions() throws IOException {
    MemoryStorage s = storage(new VdiBuilder(new int[] {0, FREE, 1}, VdiBuilder.blocks(2, 1)));
    try (Image image = open(s)) {
      int before = s.reads();
      for (int i = 0; i < 3 * BLOCK; i += 100) {
        image.map(i, 1);
      }
      assertEquals(before + 1, s.reads());
    }
  }
}
