// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.disk.TestDisks;
import io.github.vdiskfs.disk.VirtualDisk;
import io.github.vdiskfs.image.CheckReport;
import io.github.vdiskfs.image.CheckReport.Repair;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageFormat.Creation;
import io.github.vdiskfs.storage.CrashedHost;
import io.github.vdiskfs.storage.HostLog;
import io.github.vdiskfs.storage.MemoryFolder;
import io.github.vdiskfs.storage.RecordingStorage;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A disk that was made without a size grows with what is written, until it is closed. */
class VpcGrowthTest {
  private static final long MIB = 1 << 20;
  private static final long SIZE = 5 * MIB + 512;

  private static Map<String, byte[]> made() throws IOException {
    MemoryFolder folder = new MemoryFolder();
    try (Storage target = folder.create("new.vhd")) {
      new VpcFormat().create(target, new Creation(0, Map.of(), null, folder));
    }
    return folder.contents();
  }

  private static VirtualDisk open(MemoryFolder folder) throws IOException {
    return TestDisks.open(folder, "new.vhd", new VpcFormat());
  }

  private static void grow(MemoryFolder folder) throws IOException {
    try (VirtualDisk disk = open(folder)) {
      disk.startWriting();
      disk.resize(MIB);
      write(disk, 0, 1);
      disk.flush();
      disk.resize(SIZE - 100);
      write(disk, SIZE - 512, 2);
    }
  }

  private static void write(VirtualDisk disk, long offset, int value) throws IOException {
    disk.write(ByteBuffer.wrap(new byte[] {(byte) value}), offset);
  }

  private static byte read(VirtualDisk disk, long offset) throws IOException {
    byte[] one = new byte[1];
    disk.read(ByteBuffer.wrap(one), offset);
    return one[0];
  }

  @Test
  void sizeIsFinalWhenClosed() throws IOException {
    MemoryFolder folder = new MemoryFolder();
    folder.putAll(made());
    grow(folder);
    try (VirtualDisk disk = open(folder)) {
      assertEquals(SIZE, disk.size());
      assertEquals(1, read(disk, 0));
      assertEquals(2, read(disk, SIZE - 512));
      CheckReport report = new CheckReport(Repair.NONE, (done, total) -> {});
      disk.top().check(report);
      assertEquals(List.of(), report.words());
      disk.startWriting();
      ImageException e = assertThrows(ImageException.class, () -> disk.resize(SIZE + 512));
      assertEquals(ImageException.Kind.FIXED_SIZE, e.kind());
    }
    byte[] file = folder.contents().get("new.vhd");
    assertEquals(3, ByteBuffer.wrap(file).getInt(512 + 28), "Max Table Entries");
  }

  @Test
  void emptyDiskKeepsNoRoomInItsTable() throws IOException {
    MemoryFolder folder = new MemoryFolder();
    folder.putAll(made());
    try (VirtualDisk disk = open(folder)) {
      disk.startWriting();
      disk.resize(10 * MIB);
    }
    assertEquals(1536 + 512 + VpcFooter.BYTES, folder.contents().get("new.vhd").length);
    try (VirtualDisk disk = open(folder)) {
      assertEquals(10 * MIB, disk.size());
    }
  }

  @Test
  void noMoreThan2040Gib() throws IOException {
    MemoryFolder folder = new MemoryFolder();
    folder.putAll(made());
    try (VirtualDisk disk = open(folder)) {
      disk.startWriting();
      disk.resize(2040L << 30);
      assertEquals(2040L << 30, disk.size());
      assertThrows(ImageException.class, () -> disk.resize((2040L << 30) + 1));
    }
  }

  @Test
  void everyCrashLeavesOneOfTheSizes() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Map<String, byte[]> before = made();
    HostLog log = new HostLog();
    MemoryFolder folder = new MemoryFolder(storage -> new RecordingStorage(storage, log));
    folder.putAll(before);
    grow(folder);
    CrashedHost host = new CrashedHost(before, log);
    do {
      assertOpens(host.killed(), "seed " + seed + ": killed after " + host.done());
      assertOpens(host.powerCut(random), "seed " + seed + ": power cut after " + host.done());
    } while (host.step());
  }

  private static void assertOpens(Map<String, byte[]> files, String context) throws IOException {
    MemoryFolder folder = new MemoryFolder();
    folder.putAll(files);
    try (VirtualDisk disk = open(folder)) {
      assertTrue(Set.of(0L, MIB, SIZE).contains(disk.size()), context + ": " + disk.size());
      assertTrue(disk.size() == 0 || read(disk, 0) == 1, context);
    } catch (IOException e) {
      throw new AssertionError(context, e);
    }
  }
}
