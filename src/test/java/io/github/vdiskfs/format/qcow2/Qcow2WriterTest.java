// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.disk.TestDisks;
import io.github.vdiskfs.disk.VirtualDisk;
import io.github.vdiskfs.image.CheckReport;
import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageFormat.Creation;
import io.github.vdiskfs.image.ImageWriter;
import io.github.vdiskfs.image.Reservation;
import io.github.vdiskfs.image.SnapshotInfo;
import io.github.vdiskfs.storage.MemoryFolder;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Qcow2WriterTest {
  private static final int AUTOCLEAR_AT = 88;
  private static final int INCOMPATIBLE_AT = 72;
  private static final int L1_SIZE_AT = 36;
  private static final int REFCOUNT_TABLE_CLUSTERS_AT = 56;

  private final MemoryFolder folder = new MemoryFolder();

  private void load(String name) throws IOException {
    folder.putAll(Map.of("disk", WriteGeometries.bytes(name)));
  }

  private void create(String words, long sizeBytes) throws IOException {
    try (Storage target = folder.create("disk")) {
      Map<String, String> options = WriteGeometries.options(words);
      new Qcow2Format().create(target, new Creation(sizeBytes, options, null, folder));
    }
  }

  private ByteBuffer file() {
    return ByteBuffer.wrap(folder.contents().get("disk"));
  }

  private void patch(int at, long value) {
    folder.putAll(Map.of("disk", file().putLong(at, value).array()));
  }

  private VirtualDisk open() throws IOException {
    VirtualDisk disk = TestDisks.open(folder, "disk", new Qcow2Format());
    disk.startWriting();
    return disk;
  }

  private static void write(VirtualDisk disk, long offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) 0x5A);
    disk.write(ByteBuffer.wrap(bytes), offset);
  }

  @Test
  void autoclearBitsAreClearedByTheFirstChangeOnly() throws IOException {
    load("bitmaps.qcow2");
    patch(AUTOCLEAR_AT, 0xF00000000000001L);
    open().close();
    assertEquals(0xF00000000000001L, file().getLong(AUTOCLEAR_AT));
    try (VirtualDisk disk = open()) {
      write(disk, 10 << 10, 1);
      assertEquals(0, file().getLong(AUTOCLEAR_AT));
    }
  }

  @Test
  void rawDataFileStaysOne() throws IOException {
    create("cluster_size=4k,data_file=data.raw,data_file_raw=on", 1 << 20);
    patch(AUTOCLEAR_AT, file().getLong(AUTOCLEAR_AT) | 8);
    try (VirtualDisk disk = open()) {
      write(disk, 100_000, 5000);
      disk.zero(102_400, 1024);
      disk.flush();
      byte[] guest = new byte[1 << 20];
      disk.read(ByteBuffer.wrap(guest), 0);
      assertArrayEquals(guest, folder.contents().get("data.raw"));
    }
    assertEquals(Features.RAW_EXTERNAL_DATA.mask(), file().getLong(AUTOCLEAR_AT));
  }

  @Test
  void bytesBehindTheDiskInItsDataFileNeverShow() throws IOException {
    create("cluster_size=4k,data_file=data.raw,data_file_raw=on", 8192);
    byte[] longer = new byte[16384];
    Arrays.fill(longer, (byte) 7);
    folder.putAll(Map.of("data.raw", longer));
    try (VirtualDisk disk = open()) {
      disk.resize(12288);
      byte[] guest = new byte[4096];
      disk.read(ByteBuffer.wrap(guest), 8192);
      assertArrayEquals(new byte[4096], guest);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "snapshots.qcow2",
        "snapshots-v2.qcow2",
        "snapshots-extended.qcow2",
        "packed-snapshots.qcow2"
      })
  void snapshotsNeverChange(String name) throws IOException {
    load(name);
    try (VirtualDisk disk = open()) {
      Image image = disk.top();
      byte[][] before = contents(image);
      write(disk, 0, (int) disk.size());
      disk.zero(0, 60_000);
      disk.flush();
      write(disk, 0, 30_000);
      disk.flush();
      byte[][] after = contents(image);
      for (int i = 0; i < before.length; i++) {
        assertArrayEquals(before[i], after[i], "snapshot " + i);
      }
    }
  }

  private static byte[][] contents(Image image) throws IOException {
    byte[][] all = new byte[image.info().snapshots().size()][];
    for (int i = 0; i < all.length; i++) {
      SnapshotInfo info = image.info().snapshots().get(i);
      all[i] = content(image.snapshot(info.id()));
    }
    return all;
  }

  private static byte[] content(Image image) throws IOException {
    ByteBuffer all = ByteBuffer.allocate((int) image.size());
    for (int at = 0; at < all.capacity(); ) {
      Extent e = image.map(at, all.capacity() - at);
      if (e.kind() == Extent.Kind.COMPRESSED) {
        all.put(at, image.decode(e), e.skip(), (int) e.length());
      } else if (e.kind() == Extent.Kind.DATA || e.kind() == Extent.Kind.FLAT) {
        e.requireStorage().read(all.slice(at, (int) e.length()), e.hostOffset());
      }
      at += (int) e.length();
    }
    return all.array();
  }

  @Test
  void sequentialSpaceIsOneReservation() throws IOException {
    create("cluster_size=64k", 16 << 20);
    try (VirtualDisk disk = open()) {
      ImageWriter writer = disk.top().writer();
      assertEquals(1 << 20, writer.placement(0, 1 << 20).length());
      try (Reservation reserved = writer.reserve(0, 1 << 20)) {
        assertEquals(1 << 20, reserved.length());
        assertTrue(reserved.isZeroed());
        long end = reserved.hostOffset() + reserved.hostLength();
        reserved.storage().write(ByteBuffer.allocate(1), end - 1);
        reserved.publish();
      }
      assertEquals(1 << 20, writer.placement(0, 2 << 20).length());
      assertTrue(writer.placement(0, 2 << 20).inPlace());
    }
  }

  @Test
  void spaceThatIsNotPublishedIsUsedAgain() throws IOException {
    create("cluster_size=4k", 1 << 20);
    try (VirtualDisk disk = open()) {
      ImageWriter writer = disk.top().writer();
      long first;
      try (Reservation reserved = writer.reserve(0, 4096)) {
        first = reserved.hostOffset();
      }
      try (Reservation reserved = writer.reserve(8192, 4096)) {
        assertEquals(first, reserved.hostOffset());
      }
    }
  }

  @Test
  void freedSpaceIsUsedAgainOnlyAfterAFlush() throws IOException {
    create("cluster_size=4k", 1 << 20);
    try (VirtualDisk disk = open()) {
      write(disk, 0, 4096);
      disk.flush();
      long first = disk.top().map(0, 1).hostOffset();
      disk.zero(0, 4096);
      write(disk, 8192, 4096);
      assertTrue(disk.top().map(8192, 1).hostOffset() != first);
      disk.flush();
      for (int i = 3; i < 6; i++) {
        write(disk, i * 4096L, 4096);
      }
      boolean again = false;
      for (int i = 3; i < 6; i++) {
        again |= disk.top().map(i * 4096L, 1).hostOffset() == first;
      }
      assertTrue(again);
    }
  }

  @Test
  void tablesGrow() throws IOException {
    create("cluster_size=512,refcount_bits=64", 0);
    int l1Before = file().getInt(L1_SIZE_AT);
    int tableBefore = file().getInt(REFCOUNT_TABLE_CLUSTERS_AT);
    try (VirtualDisk disk = open()) {
      disk.resize(6 << 20);
      write(disk, 0, 6 << 20);
    }
    assertTrue(file().getInt(L1_SIZE_AT) > l1Before);
    assertTrue(file().getInt(REFCOUNT_TABLE_CLUSTERS_AT) > tableBefore);
  }

  /** The new L1 table is longer than the clusters that one refcount block counts. */
  @ParameterizedTest
  @ValueSource(strings = {"cluster_size=512,refcount_bits=64", "cluster_size=512"})
  void longTablesAreRowsOverSeveralRefcountBlocks(String words) throws IOException {
    create(words, 512);
    try (VirtualDisk disk = open()) {
      disk.resize(1200L << 20);
      write(disk, (1200L << 20) - 512, 512);
    }
    try (VirtualDisk disk = open()) {
      CheckReport report = new CheckReport(CheckReport.Repair.NONE, (done, total) -> {});
      disk.top().check(report);
      assertEquals(0, report.corruptions() + report.leaks(), () -> report.words().toString());
    }
  }

  @Test
  void writesOverMetadataStopAndMarkTheImage() throws IOException {
    create("cluster_size=4k", 1 << 20);
    try (VirtualDisk disk = open()) {
      write(disk, 0, 4096);
    }
    int l2 = (int) Qcow2Layout.l2TableOffset(file().getLong((int) file().getLong(40)));
    patch(l2, Qcow2Layout.copiedEntry(l2));
    byte[] before = file().array();
    try (VirtualDisk disk = open()) {
      ImageException e = assertThrows(ImageException.class, () -> write(disk, 0, 1));
      assertEquals(ImageException.Kind.CORRUPT, e.kind());
      ImageException then = assertThrows(ImageException.class, () -> write(disk, 8192, 1));
      assertEquals(ImageException.Kind.READ_ONLY, then.kind());
    }
    assertEquals(2, file().getLong(INCOMPATIBLE_AT));
    patch(INCOMPATIBLE_AT, 0);
    assertArrayEquals(before, file().array());
  }

  @Test
  void tablesThatOverlapAreReadOnly() throws IOException {
    create("cluster_size=4k", 8 << 20);
    int l1 = (int) file().getLong(40);
    patch(l1, Qcow2Layout.copiedEntry(l1));
    try (VirtualDisk disk = TestDisks.open(folder, "disk", new Qcow2Format())) {
      ImageException e = assertThrows(ImageException.class, disk::startWriting);
      assertEquals(ImageException.Kind.READ_ONLY, e.kind());
    }
  }

  @Test
  void newClustersThatLandOnMetadataStop() throws IOException {
    create("cluster_size=4k", 1 << 20);
    int block = (int) file().getLong((int) file().getLong(48));
    patch(block, 0);
    try (VirtualDisk disk = open()) {
      ImageException e = assertThrows(ImageException.class, () -> write(disk, 0, 1));
      assertEquals(ImageException.Kind.CORRUPT, e.kind(), e.getMessage());
    }
    assertEquals(2, file().getLong(INCOMPATIBLE_AT));
  }

  @Test
  void version2WithSnapshotsKeepsItsSize() throws IOException {
    load("snapshots-v2.qcow2");
    try (VirtualDisk disk = open()) {
      ImageException e = assertThrows(ImageException.class, () -> disk.resize(1 << 20));
      assertEquals(ImageException.Kind.FIXED_SIZE, e.kind());
    }
  }
}
