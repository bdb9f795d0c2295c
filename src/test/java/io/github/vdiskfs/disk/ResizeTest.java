// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vdiskfs.format.qcow2.Qcow2Format;
import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageFormat.Creation;
import io.github.vdiskfs.storage.FilterStorage;
import io.github.vdiskfs.storage.MemoryFolder;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A disk that grows over bytes that it once had: what others see and what a crash leaves. */
class ResizeTest {
  private static final int CLUSTER = 64 << 10;
  private static final int SMALL = 512;

  private interface Step {
    void run() throws IOException;
  }

  /** What is to be done when zeroes are written to the image file, once. */
  private final AtomicReference<Step> atZeroing = new AtomicReference<>();

  private final MemoryFolder folder = new MemoryFolder(Watched::new);

  private final class Watched extends FilterStorage {
    Watched(Storage inner) {
      super(inner);
    }

    @Override
    public void write(ByteBuffer source, long offset) throws IOException {
      boolean zeroes = source.remaining() > SMALL && source.get(source.position()) == 0;
      Step action = zeroes ? atZeroing.getAndSet(null) : null;
      if (action != null) {
        action.run();
      }
      super.write(source, offset);
    }
  }

  /** A disk of one sector whose cluster holds old bytes behind it. */
  private VirtualDisk cutOff() throws IOException {
    try (Storage target = folder.create("disk")) {
      new Qcow2Format().create(target, new Creation(CLUSTER, Map.of(), null, folder));
    }
    VirtualDisk disk = TestDisks.open(folder, "disk", new Qcow2Format());
    disk.startWriting();
    byte[] old = new byte[CLUSTER];
    Arrays.fill(old, (byte) 0x5A);
    disk.write(ByteBuffer.wrap(old), 0);
    disk.resize(SMALL);
    disk.flush();
    return disk;
  }

  private static byte[] readAll(VirtualDisk disk) throws IOException {
    byte[] bytes = new byte[(int) disk.size()];
    disk.read(ByteBuffer.wrap(bytes), 0);
    return bytes;
  }

  private static byte[] expected() {
    byte[] expected = new byte[CLUSTER];
    Arrays.fill(expected, 0, SMALL, (byte) 0x5A);
    return expected;
  }

  @Test
  void newBytesShowWhenAllOfThemAreZero() throws IOException {
    try (VirtualDisk disk = cutOff()) {
      long[] seen = new long[1];
      atZeroing.set(() -> seen[0] = disk.size());
      disk.resize(CLUSTER);
      assertEquals(SMALL, seen[0]);
      assertArrayEquals(expected(), readAll(disk));
    }
  }

  @Test
  void aSizeThatCannotBeIsRefusedBeforeAnyStep() throws IOException {
    long baseBytes = 100L << 30;
    try (Storage base = folder.create("base");
        Storage target = folder.create("disk")) {
      new Qcow2Format().create(base, new Creation(baseBytes, Map.of(), null, folder));
      BackingReference backing = new BackingReference("base", "qcow2");
      new Qcow2Format().create(target, new Creation(SMALL, Map.of(), backing, folder));
    }
    try (VirtualDisk disk = TestDisks.open(folder, "disk", new Qcow2Format())) {
      disk.startWriting();
      byte[] before = folder.contents().get("disk");
      assertThrows(ImageException.class, () -> disk.resize(1L << 62));
      assertArrayEquals(before, folder.contents().get("disk"));
      assertEquals(SMALL, disk.size());
    }
  }

  @Test
  void aFlushMeanwhileDoesNotMakeStaleBytesDurable() throws Exception {
    try (VirtualDisk disk = cutOff()) {
      Thread[] flusher = new Thread[1];
      byte[][] crashed = new byte[1][];
      atZeroing.set(
          () -> {
            flusher[0] = new Thread(() -> assertFlushes(disk));
            flusher[0].start();
            waitFor(flusher[0]);
            crashed[0] = folder.contents().get("disk");
          });
      disk.resize(CLUSTER);
      flusher[0].join();
      MemoryFolder after = new MemoryFolder();
      after.putAll(Map.of("disk", crashed[0]));
      try (VirtualDisk found = TestDisks.open(after, "disk", new Qcow2Format())) {
        assertEquals(SMALL, found.size());
      }
    }
  }

  private static void assertFlushes(VirtualDisk disk) {
    try {
      disk.flush();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Until it has ended, or waits for the one who waits here. */
  private static void waitFor(Thread thread) {
    while (thread.getState() != Thread.State.TERMINATED
        && thread.getState() != Thread.State.BLOCKED) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aGrowthThatFailsShowsNothingNew() throws IOException {
    try (VirtualDisk disk = cutOff()) {
      atZeroing.set(
          () -> {
            throw new IOException("no space");
          });
      assertThrows(IOException.class, () -> disk.resize(CLUSTER));
      assertEquals(SMALL, disk.size());
      disk.resize(CLUSTER);
      assertArrayEquals(expected(), readAll(disk));
    }
  }
}
