// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdiskfs.image.Table;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.image.TablePage;
import io.github.vdiskfs.storage.MemoryStorage;
import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SectorBitmapTest {
  private static final int BYTES = 512;

  private static boolean bit(byte[] bitmap, int sector) {
    return (bitmap[sector / 8] >> (7 - sector % 8) & 1) == 1;
  }

  @Test
  void runsAreThoseOfTheBits() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int round = 0; round < 50; round++) {
      byte[] bitmap = new byte[BYTES];
      for (int i = 0; i < BYTES; i++) {
        bitmap[i] = (byte) (random.nextInt(20) == 0 ? random.nextInt() : random.nextInt(2) - 1);
      }
      TablePage words =
          new Table(
                  new TableCache(0),
                  new MemoryStorage("t", bitmap),
                  0,
                  BYTES / 8,
                  8,
                  ByteOrder.BIG_ENDIAN)
              .page(0);
      int from = random.nextInt(8 * BYTES);
      int end = from + 1 + random.nextInt(8 * BYTES - from);
      int run = 1;
      while (from + run < end && bit(bitmap, from + run) == bit(bitmap, from)) {
        run++;
      }
      assertEquals(bit(bitmap, from), SectorBitmap.isSet(words, from), "seed " + seed);
      assertEquals(run, SectorBitmap.run(words, from, end), "seed " + seed);
    }
  }

  @Test
  void sizeIsPaddedToASector() {
    assertEquals(512, SectorBitmap.sizeBytes(4096));
    assertEquals(512, SectorBitmap.sizeBytes(2 << 20));
    assertEquals(1024, SectorBitmap.sizeBytes(4 << 20));
    assertEquals(65536, SectorBitmap.sizeBytes(256 << 20));
  }

  @Test
  void maskIsTheSectorsOfAWord() {
    assertEquals(-1L, SectorBitmap.mask(0, 0, 64));
    assertEquals(-1L, SectorBitmap.mask(1, 3, 1000));
    assertEquals(1L << 63, SectorBitmap.mask(0, 0, 1));
    assertEquals(1L, SectorBitmap.mask(2, 191, 192));
    assertEquals(0x0FF0L << 48, SectorBitmap.mask(1, 68, 76));
    assertEquals(0, SectorBitmap.mask(1, 0, 64));
    assertEquals(0, SectorBitmap.mask(0, 64, 70));
  }
}
