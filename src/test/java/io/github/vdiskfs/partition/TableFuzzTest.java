// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.disk.VirtualDisk;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever is wrong in a table: what is shown lies on the disk, and the quick look agrees. */
class TableFuzzTest {
  private static final int SIZE = 1 << 18;
  private static final int ROUNDS = 3000;

  @Test
  void everyPartitionLiesOnTheDisk() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    int shown = 0;
    for (int round = 0; round < ROUNDS; round++) {
      TableImage image = damaged(random);
      PartitionTable table = image.read();
      for (Partition p : table.partitions()) {
        String words = "seed " + seed + ", round " + round + ": " + p;
        assertTrue(p.startOffset() >= 0 && p.sizeBytes() > 0 && p.endOffset() <= SIZE, words);
        assertTrue(p.number() >= 1 && p.number() <= 255, words);
      }
      try (VirtualDisk disk = image.open()) {
        boolean quick = TableReader.hasPartitions(disk);
        assertEquals(!table.partitions().isEmpty(), quick, "seed " + seed + ", round " + round);
      }
      shown += table.partitions().size();
    }
    assertTrue(shown > ROUNDS, "most tables still have partitions, seed " + seed);
  }

  private static TableImage damaged(Random random) {
    TableImage image = new TableImage(SIZE);
    boolean gpt = random.nextBoolean();
    if (gpt) {
      image.gpt(512, 128).partition(512, 0, 40, 50, "a").partition(512, 5, 60, 90, "b");
    } else {
      image.entry(0, 0, 0x83, 10, 5).entry(0, 1, 0x5, 20, 400).entry(0, 2, 0xA5, 450, 40);
      image.entry(20 * 512, 0, 0x83, 2, 5).entry(20 * 512, 1, 0x5, 30, 9);
      image.entry(50 * 512, 0, 0x83, 2, 5).entry(50 * 512, 1, 0x5, 60, 9);
    }
    int[] places = gpt ? new int[] {446, 512, 1024, 1664} : new int[] {446, 10686, 26046};
    for (int i = random.nextInt(4); i > 0; i--) {
      int at = places[random.nextInt(places.length)] + random.nextInt(64);
      image.bytes.put(at, (byte) random.nextInt());
    }
    if (gpt && random.nextBoolean()) {
      image.seal(512, 512);
    }
    return image;
  }
}
