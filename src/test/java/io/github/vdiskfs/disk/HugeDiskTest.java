// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.format.qcow2.Qcow2Format;
import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.ImageFormat.Creation;
import io.github.vdiskfs.storage.MemoryFolder;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Zeroing all of a disk of 64 TiB takes as long, and as much space, as there is data in it. */
@Timeout(60)
class HugeDiskTest {
  private static final long BYTES = 64L << 40;
  private static final int CLUSTER = 64 << 10;
  private static final byte[] DATA = {1, 2, 3};

  private final MemoryFolder folder = new MemoryFolder();

  private void create(String name, @Nullable BackingReference base) throws IOException {
    try (Storage target = folder.create(name)) {
      new Qcow2Format().create(target, new Creation(BYTES, Map.of(), base, folder));
    }
  }

  private VirtualDisk open(String name) throws IOException {
    VirtualDisk disk = TestDisks.open(folder, name, new Qcow2Format());
    disk.startWriting();
    return disk;
  }

  private long fileBytes() {
    return folder.contents().get("disk").length;
  }

  private static void assertZeroed(VirtualDisk disk, long... offsets) throws IOException {
    for (long at : offsets) {
      ByteBuffer found = ByteBuffer.allocate(DATA.length);
      disk.read(found, at);
      assertArrayEquals(new byte[DATA.length], found.array(), "at " + at);
    }
  }

  @Test
  void anOverlayIsZeroedWhereItsBaseHasData() throws IOException {
    create("base", null);
    try (VirtualDisk base = open("base")) {
      base.write(ByteBuffer.wrap(DATA), 0);
      base.write(ByteBuffer.wrap(DATA), BYTES / 2);
    }
    create("disk", new BackingReference("base", "qcow2"));
    long before = fileBytes();
    try (VirtualDisk disk = open("disk")) {
      disk.write(ByteBuffer.wrap(DATA), BYTES - CLUSTER);
      disk.zero(0, BYTES);
      assertZeroed(disk, 0, BYTES / 2, BYTES - CLUSTER);
    }
    assertTrue(fileBytes() - before < 16 * CLUSTER, "grew by " + (fileBytes() - before));
    try (VirtualDisk disk = open("disk")) {
      assertZeroed(disk, 0, BYTES / 2, BYTES - CLUSTER);
    }
  }

  @Test
  void aDiskWithoutBaseIsZeroedWhereItHasData() throws IOException {
    create("disk", null);
    long before = fileBytes();
    try (VirtualDisk disk = open("disk")) {
      disk.write(ByteBuffer.wrap(DATA), BYTES / 2);
      disk.zero(0, BYTES);
      assertZeroed(disk, BYTES / 2);
    }
    assertTrue(fileBytes() - before < 8 * CLUSTER, "grew by " + (fileBytes() - before));
  }
}
