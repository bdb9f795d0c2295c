// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.format.qcow2.Qcow2Format;
import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.ImageFormat.Creation;
import io.github.vdiskfs.storage.FilterStorage;
import io.github.vdiskfs.storage.MemoryFolder;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A disk that grows over data of its backing file, so much of it that the zeroes before it take
 * more than one flush: no crash shows any of that data.
 */
class OverlayGrowthTest {
  private static final int CLUSTER = 64 << 10;
  private static final int SECTOR = 512;
  private static final int SIZE_AT = 24;
  private static final long BASE_BYTES = 1200L << 20;

  private final MemoryFolder folder = new MemoryFolder(Watched::new);
  private final List<Map<String, byte[]>> crashes = new ArrayList<>();
  private long lastSize = SECTOR;

  /** Keeps what a crash would leave, whenever the image has another size. */
  private final class Watched extends FilterStorage {
    Watched(Storage inner) {
      super(inner);
    }

    @Override
    public void sync() throws IOException {
      super.sync();
      ByteBuffer size = ByteBuffer.allocate(Long.BYTES);
      read(size, SIZE_AT);
      if (name().equals("disk") && size.getLong(0) != lastSize && crashes.size() < 2) {
        lastSize = size.getLong(0);
        crashes.add(folder.contents());
      }
    }
  }

  private static void create(
      MemoryFolder folder, String name, long bytes, int cluster, @Nullable BackingReference base)
      throws IOException {
    try (Storage target = folder.create(name)) {
      Map<String, String> options = Map.of("cluster_size", "" + cluster);
      new Qcow2Format().create(target, new Creation(bytes, options, base, folder));
    }
  }

  /** A base of which every cluster has data, all of them the same. */
  private static byte[] base() throws IOException {
    MemoryFolder making = new MemoryFolder();
    create(making, "base", BASE_BYTES, CLUSTER, null);
    long tableBytes = (long) CLUSTER / Long.BYTES * CLUSTER;
    try (VirtualDisk disk = TestDisks.open(making, "base", new Qcow2Format())) {
      disk.startWriting();
      byte[] data = new byte[CLUSTER];
      Arrays.fill(data, (byte) 0x5A);
      for (long at = 0; at < BASE_BYTES; at += tableBytes) {
        disk.write(ByteBuffer.wrap(data), at);
      }
    }
    ByteBuffer image = ByteBuffer.wrap(making.contents().get("base"));
    int l1 = (int) image.getLong(40);
    for (int table = 0; table < image.getInt(36); table++) {
      int l2 = (int) (image.getLong(l1 + table * Long.BYTES) & 0x00FF_FFFF_FFFF_FE00L);
      for (int entry = 1; entry < CLUSTER / Long.BYTES; entry++) {
        image.putLong(l2 + entry * Long.BYTES, image.getLong(l2) & Long.MAX_VALUE);
      }
    }
    return image.array();
  }

  @Test
  void noCrashShowsTheBase() throws IOException {
    MemoryFolder making = new MemoryFolder();
    making.putAll(Map.of("base", base()));
    create(making, "disk", SECTOR, SECTOR, new BackingReference("base", "qcow2"));
    folder.putAll(making.contents());
    try (VirtualDisk disk = TestDisks.open(folder, "disk", new Qcow2Format())) {
      disk.startWriting();
      disk.resize(BASE_BYTES + CLUSTER);
      disk.flush();
      assertEquals(BASE_BYTES + CLUSTER, disk.size());
      assertReadsZero(disk);
    }
    assertTrue(crashes.size() > 1, "one flush was enough");
    for (Map<String, byte[]> crash : crashes) {
      MemoryFolder after = new MemoryFolder();
      after.putAll(crash);
      try (VirtualDisk disk = TestDisks.open(after, "disk", new Qcow2Format())) {
        assertReadsZero(disk);
      }
    }
  }

  private static void assertReadsZero(VirtualDisk disk) throws IOException {
    for (long at = SECTOR; at < disk.size(); at += 999L * SECTOR) {
      ByteBuffer found = ByteBuffer.allocate(SECTOR);
      disk.read(found, at);
      assertArrayEquals(new byte[SECTOR], found.array(), "at " + at + " of " + disk.size());
    }
  }
}
