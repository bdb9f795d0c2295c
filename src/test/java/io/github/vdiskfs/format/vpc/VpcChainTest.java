// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import static io.github.vdiskfs.format.vpc.VpcBuilder.BLOCK;
import static io.github.vdiskfs.format.vpc.VpcBuilder.UNUSED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdiskfs.disk.ClusterCache;
import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.disk.VirtualDisk;
import io.github.vdiskfs.format.KnownFormats;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.storage.Gate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three levels of differencing images with partly written blocks, against a model. */
class VpcChainTest {
  private static final int BLOCKS = 40;

  @TempDir Path folder;

  private final byte[] model = new byte[BLOCKS * BLOCK];

  /** Writes one level and applies it to the model. */
  private void level(int level, Random random) throws IOException {
    int[] entries = new int[BLOCKS];
    int[] bitmaps = new int[BLOCKS];
    byte[][] blocks = new byte[BLOCKS][BLOCK];
    for (int b = 0; b < BLOCKS; b++) {
      entries[b] = random.nextInt(3) == 0 ? UNUSED : BLOCKS - 1 - b;
      bitmaps[BLOCKS - 1 - b] = random.nextInt(256);
      random.nextBytes(blocks[BLOCKS - 1 - b]);
      if (entries[b] != UNUSED) {
        apply(b, bitmaps[entries[b]], blocks[entries[b]]);
      }
    }
    VpcBuilder builder = new VpcBuilder(entries, bitmaps, blocks).unique(uuid(level));
    if (level > 1) {
      builder.parent(uuid(level - 1), "x.vhd").relative(".\\level" + (level - 1) + ".vhd");
    }
    Files.write(folder.resolve("level" + level + ".vhd"), builder.build());
  }

  private void apply(int block, int bits, byte[] data) {
    for (int s = 0; s < 8; s++) {
      if ((bits >> (7 - s) & 1) == 1) {
        System.arraycopy(data, s * 512, model, block * BLOCK + s * 512, 512);
      }
    }
  }

  private static UUID uuid(int n) {
    return new UUID(n, n);
  }

  @Test
  void chainReadsAsItsModel() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int level = 1; level <= 3; level++) {
      level(level, random);
    }
    try (Gate gate = new Gate(folder, Gate.Backing.CONFINED, List.of());
        VirtualDisk disk =
            new DiskOpener(
                    KnownFormats.all(),
                    gate,
                    DiskOpener.Policy.READING,
                    new TableCache(1 << 20),
                    new ClusterCache(0))
                .open(Path.of("level3.vhd"))
                .disk()) {
      assertEquals(3, disk.chain().size());
      ByteBuffer read = ByteBuffer.allocate(model.length);
      disk.read(read, 0);
      assertArrayEquals(model, read.array(), "seed " + seed);
    }
  }
}
