// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import static io.github.vdiskfs.format.vpc.VpcBuilder.BLOCK;
import static io.github.vdiskfs.format.vpc.VpcBuilder.FIRST_BLOCK;
import static io.github.vdiskfs.format.vpc.VpcBuilder.UNUSED;
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

class DynamicVpcImageTest {
  private static final UUID PARENT = new UUID(7, 7);

  private static final int DATA_0 = FIRST_BLOCK + 512;
  private static final int DATA_1 = DATA_0 + VpcBuilder.BLOCK_ON_HOST;

  private static VpcBuilder builder(int... entries) {
    byte[][] blocks = {VpcBuilder.block(1), VpcBuilder.block(2)};
    return new VpcBuilder(entries, new int[] {0xFF, 0b01110001}, blocks);
  }

  private static Image open(MemoryStorage storage) throws IOException {
    byte[] parent = builder(UNUSED).unique(PARENT).build();
    return new VpcFormat().open(storage, TestImages.context(Map.of("parent.vhd", parent)));
  }

  @Test
  void runsFollowTableAndBitmap() throws IOException {
    MemoryStorage s = new MemoryStorage("t", builder(UNUSED, UNUSED, 0, 1, UNUSED).build());
    try (Image image = open(s)) {
      long size = image.size();
      assertEquals(Extent.zero(2 * BLOCK), image.map(0, size));
      assertEquals(Extent.zero(100), image.map(BLOCK, 100));
      assertEquals(Extent.data(s, DATA_0, BLOCK), image.map(2 * BLOCK, size));
      assertEquals(Extent.data(s, DATA_0 + 700, 50), image.map(2 * BLOCK + 700, 50));
      assertEquals(Extent.zero(512), image.map(3 * BLOCK, size));
      assertEquals(Extent.data(s, DATA_1 + 512, 3 * 512), image.map(3 * BLOCK + 512, size));
      assertEquals(Extent.data(s, DATA_1 + 1000, 1048), image.map(3 * BLOCK + 1000, size));
      assertEquals(Extent.zero(3 * 512 - 1), image.map(3 * BLOCK + 4 * 512 + 1, size));
      assertEquals(Extent.data(s, DATA_1 + 7 * 512, 512), image.map(4 * BLOCK - 512, size));
      assertEquals(Extent.zero(BLOCK), image.map(4 * BLOCK, Long.MAX_VALUE));
    }
  }

  @Test
  void whatWasNotWrittenIsTheParents() throws IOException {
    byte[] file = builder(UNUSED, 1).parent(PARENT, "parent.vhd").build();
    MemoryStorage s = new MemoryStorage("t", file);
    try (Image image = open(s)) {
      assertEquals(Extent.backing(BLOCK), image.map(0, image.size()));
      assertEquals(Extent.backing(512), image.map(BLOCK, image.size()));
      assertEquals(Extent.data(s, DATA_1 + 512, 3 * 512), image.map(BLOCK + 512, image.size()));
      assertEquals(Extent.backing(3 * 512), image.map(BLOCK + 4 * 512, image.size()));
    }
  }

  @Test
  void badEntrySpoilsItsOwnRange() throws IOException {
    VpcBuilder builder = builder(0, UNUSED, UNUSED, UNUSED, UNUSED, UNUSED, UNUSED, 1);
    int[] bad = {
      0,
      VpcBuilder.HEADER / 512,
      VpcBuilder.BAT / 512,
      (VpcBuilder.BAT - BLOCK) / 512,
      FIRST_BLOCK / 512 + 11,
      0xFFFFFFFE
    };
    byte[] file =
        builder.build(
            b -> {
              for (int i = 0; i < bad.length; i++) {
                b.putInt(VpcBuilder.BAT + 4 * (i + 1), bad[i]);
              }
            });
    MemoryStorage s = new MemoryStorage("t", file);
    try (Image image = open(s)) {
      assertEquals(Extent.data(s, DATA_0, BLOCK), image.map(0, image.size()));
      assertEquals(Extent.zero(512), image.map(7 * BLOCK, image.size()));
      for (int i = 0; i < bad.length; i++) {
        long guestOffset = (i + 1L) * BLOCK;
        ImageException e = assertThrows(ImageException.class, () -> image.map(guestOffset, 1));
        String expected =
            String.format(
                "host offset %d: BAT entry %d leads to host offset %d",
                VpcBuilder.BAT + 4 * (i + 1), i + 1, (bad[i] & 0xFFFFFFFFL) * 512);
        assertTrue(e.getMessage().contains(expected), e.getMessage());
      }
    }
  }

  @Test
  void everyTableIsReadOnce() throws IOException {
    MemoryStorage s = new MemoryStorage("t", builder(0, 1).build());
    try (Image image = open(s)) {
      int before = s.reads();
      for (int i = 0; i < 2 * BLOCK; i += 100) {
        image.map(i, 1);
      }
      assertEquals(before + 3, s.reads());
    }
  }
}
