// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import static io.github.vdiskfs.format.vdi.VdiBuilder.BLOCK;
import static io.github.vdiskfs.format.vdi.VdiBuilder.FREE;
import static io.github.vdiskfs.format.vdi.VdiBuilder.ZERO;
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
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three levels of differencing images, against a model. */
class VdiChainTest {
  private static final int BLOCKS = 40;

  /** As VirtualBox lays them out; the UUIDs are those of {@link #uuid}. */
  private static final String[] NAMES = {
    "",
    "base.vdi",
    "Snapshots/{00000000-0000-0002-0000-000000000002}.vdi",
    "Snapshots/{00000000-0000-0003-0000-000000000003}.vdi"
  };

  @TempDir Path folder;

  private final byte[] model = new byte[BLOCKS * BLOCK];

  /** Writes one level and applies it to the model. */
  private void level(int level, Random random) throws IOException {
    int[] entries = new int[BLOCKS];
    byte[] data = VdiBuilder.blocks(BLOCKS, level * 64);
    for (int b = 0; b < BLOCKS; b++) {
      int kind = random.nextInt(4);
      entries[b] = kind == 0 ? ZERO : kind == 1 ? random.nextInt(BLOCKS) : FREE;
      if (kind == 0) {
        Arrays.fill(model, b * BLOCK, (b + 1) * BLOCK, (byte) 0);
      } else if (kind == 1) {
        System.arraycopy(data, entries[b] * BLOCK, model, b * BLOCK, BLOCK);
      }
    }
    VdiBuilder builder = new VdiBuilder(entries, data).identity(uuid(level), uuid(level + 10));
    if (level > 1) {
      builder.parent(uuid(level - 1), uuid(level + 9));
    }
    Files.write(folder.resolve(NAMES[level]), builder.build());
  }

  private static UUID uuid(int n) {
    return new UUID(n, n);
  }

  @Test
  void chainReadsAsItsModel() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Files.createDirectory(folder.resolve("Snapshots"));
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
                .open(Path.of(NAMES[3]))
                .disk()) {
      assertEquals(3, disk.chain().size());
      ByteBuffer read = ByteBuffer.allocate(model.length);
      disk.read(read, 0);
      assertArrayEquals(model, read.array(), "seed " + seed);
    }
  }
}
