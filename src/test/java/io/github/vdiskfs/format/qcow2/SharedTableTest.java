// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vdiskfs.disk.TestDisks;
import io.github.vdiskfs.disk.VirtualDisk;
import io.github.vdiskfs.image.ImageFormat.Creation;
import io.github.vdiskfs.storage.FilterStorage;
import io.github.vdiskfs.storage.MemoryFolder;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Readers while a writer moves the L2 table that they read: its L1 entry is not flagged as the
 * disk's own, so that the first write copies the table and gives up the old one.
 */
@Timeout(60)
class SharedTableTest {
  private static final int CLUSTER = 64 << 10;
  private static final int SIZE = 16 << 20;

  /** Where data is: so far from the start that writers there do not keep readers waiting. */
  private static final int DATA_AT = SIZE - 4 * CLUSTER;

  private static final int L1_AT = 40;
  private static final int ROUNDS = 150;

  /** Done once, before bytes of the old table are read. */
  private volatile Runnable beforeRead = () -> {};

  private final MemoryFolder folder = new MemoryFolder(Watched::new);
  private long oldTable = -1;

  private final class Watched extends FilterStorage {
    Watched(Storage inner) {
      super(inner);
    }

    @Override
    public void read(ByteBuffer target, long offset) throws IOException {
      if (offset == oldTable) {
        Runnable action = beforeRead;
        beforeRead = () -> {};
        action.run();
      }
      super.read(target, offset);
    }
  }

  /** A disk with data near its end, and with the flag of its L1 entry cleared. */
  private VirtualDisk open() throws IOException {
    MemoryFolder making = new MemoryFolder();
    try (Storage target = making.create("disk")) {
      Map<String, String> options = Map.of("cluster_size", "" + CLUSTER);
      new Qcow2Format().create(target, new Creation(SIZE, options, null, making));
    }
    try (VirtualDisk disk = TestDisks.open(making, "disk", new Qcow2Format())) {
      disk.startWriting();
      disk.write(filled(4 * CLUSTER, 1), DATA_AT);
    }
    ByteBuffer image = ByteBuffer.wrap(making.contents().get("disk"));
    int l1 = (int) image.getLong(L1_AT);
    oldTable = Qcow2Layout.l2TableOffset(image.getLong(l1));
    folder.putAll(Map.of("disk", image.putLong(l1, oldTable).array()));
    VirtualDisk disk = TestDisks.open(folder, "disk", new Qcow2Format());
    disk.startWriting();
    return disk;
  }

  @AfterEach
  void nothingIsLeftOpen() {
    assertEquals(0, folder.openings());
  }

  private static ByteBuffer filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return ByteBuffer.wrap(bytes);
  }

  /** Has the table copied, the old one freed, and its cluster filled with a guest's bytes. */
  private static void moveTable(VirtualDisk disk) {
    try {
      disk.write(filled(CLUSTER, 2), 0);
      disk.flush();
      for (int cluster = 0; cluster < 8; cluster++) {
        disk.zero((long) cluster * CLUSTER, CLUSTER);
        disk.write(filled(CLUSTER, 0xFE), (long) cluster * CLUSTER);
      }
    } catch (IOException e) {
      throw new CompletionException(e);
    }
  }

  @Test
  void aReaderThatIsOvertakenFindsTheNewTable() throws IOException {
    try (VirtualDisk disk = open()) {
      beforeRead = () -> CompletableFuture.runAsync(() -> moveTable(disk)).join();
      ByteBuffer found = ByteBuffer.allocate(CLUSTER);
      disk.read(found, DATA_AT);
      assertArrayEquals(filled(CLUSTER, 1).array(), found.array());
    }
  }

  @Test
  void aSeekThatIsOvertakenFindsTheNewTable() throws IOException {
    try (VirtualDisk disk = open()) {
      beforeRead = () -> CompletableFuture.runAsync(() -> moveTable(disk)).join();
      assertEquals(DATA_AT, disk.seekData(DATA_AT));
    }
  }

  @Test
  void readersNeverMissTheirData() throws IOException {
    for (int round = 0; round < ROUNDS; round++) {
      try (VirtualDisk disk = open()) {
        CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> moveTable(disk));
        byte[] expected = filled(4 * CLUSTER, 1).array();
        do {
          ByteBuffer found = ByteBuffer.allocate(4 * CLUSTER);
          disk.read(found, DATA_AT);
          assertArrayEquals(expected, found.array(), "round " + round);
          assertEquals(DATA_AT, disk.seekData(DATA_AT), "round " + round);
        } while (!writer.isDone());
        writer.join();
      }
    }
  }
}
