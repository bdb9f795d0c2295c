// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.disk.TestDisks;
import io.github.vdiskfs.disk.VirtualDisk;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.MemoryFolder;
import io.github.vdiskfs.storage.MemoryStorage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An L2 entry, flagged as the disk's own, that leads to a cluster of metadata: what the guest
 * writes never gets there, whatever the metadata is.
 */
class HostileMapTest {
  private static final int INCOMPATIBLE_AT = 72;
  private static final int AUTOCLEAR_AT = 88;
  private static final int L1_AT = 40;

  private final MemoryFolder folder = new MemoryFolder();

  private ByteBuffer file() {
    return ByteBuffer.wrap(folder.contents().get("disk"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"snapshots.qcow2", "snapshots-v2.qcow2", "bitmaps.qcow2"})
  void metadataIsNotWrittenInPlace(String name) throws IOException {
    byte[] sound = WriteGeometries.bytes(name);
    for (long hostOffset : metadata(sound)) {
      folder.putAll(Map.of("disk", sound.clone()));
      long guestOffset = lead(hostOffset);
      byte[] before = file().array();
      try (VirtualDisk disk = open()) {
        ImageException e = assertThrows(ImageException.class, () -> write(disk, guestOffset));
        assertEquals(ImageException.Kind.CORRUPT, e.kind(), e.getMessage());
        assertTrue(e.getMessage().contains(String.valueOf(hostOffset)), e.getMessage());
        ImageException then = assertThrows(ImageException.class, () -> write(disk, guestOffset));
        assertEquals(ImageException.Kind.READ_ONLY, then.kind());
      }
      byte[] after = file().putLong(INCOMPATIBLE_AT, 0).putLong(AUTOCLEAR_AT, 0).array();
      ByteBuffer.wrap(before).putLong(INCOMPATIBLE_AT, 0).putLong(AUTOCLEAR_AT, 0);
      assertArrayEquals(before, after, name + ": metadata at " + hostOffset);
    }
  }

  /** A cluster that a snapshot's table is in is not free when the disk drops it. */
  @Test
  void snapshotsTablesAreNotFreed() throws IOException {
    byte[] sound = WriteGeometries.bytes("snapshots.qcow2");
    folder.putAll(Map.of("disk", sound));
    long table = snapshotTables(sound).iterator().next();
    long guestOffset = lead(table);
    ByteBuffer before = cluster(table);
    try (VirtualDisk disk = open()) {
      disk.zero(guestOffset, clusterBytes(file()));
      disk.flush();
      write(disk, guestOffset);
      disk.flush();
    }
    assertEquals(before, cluster(table));
  }

  private ByteBuffer cluster(long hostOffset) {
    return file().slice((int) hostOffset, clusterBytes(file()));
  }

  private VirtualDisk open() throws IOException {
    VirtualDisk disk = TestDisks.open(folder, "disk", new Qcow2Format());
    disk.startWriting();
    return disk;
  }

  private static void write(VirtualDisk disk, long offset) throws IOException {
    disk.write(ByteBuffer.wrap(new byte[] {1}), offset);
  }

  private static int clusterBytes(ByteBuffer image) {
    return 1 << image.getInt(20);
  }

  /** Has a guest cluster lead to a host offset; its L2 table is made the disk's own. */
  private long lead(long hostOffset) {
    byte[] bytes = folder.contents().get("disk");
    ByteBuffer image = ByteBuffer.wrap(bytes);
    int clusterBytes = clusterBytes(image);
    int l1 = (int) image.getLong(L1_AT);
    for (int index = 0; index < image.getInt(36); index++) {
      long l1Entry = image.getLong(l1 + index * 8);
      int l2 = (int) Qcow2Layout.l2TableOffset(l1Entry);
      if (l2 != 0) {
        image.putLong(l1 + index * 8, Qcow2Layout.copiedEntry(l2));
        image.putLong(l2, Qcow2Layout.copiedEntry(hostOffset));
        folder.putAll(Map.of("disk", bytes));
        return (long) index * clusterBytes / 8 * clusterBytes;
      }
    }
    throw new AssertionError("no L2 table");
  }

  /** Where the clusters of an image's metadata are. */
  private static Set<Long> metadata(byte[] bytes) throws IOException {
    ByteBuffer image = ByteBuffer.wrap(bytes);
    Set<Long> found = new TreeSet<>(snapshotTables(bytes));
    tables(image, (int) image.getLong(L1_AT), image.getInt(36), found);
    int refcountTable = (int) image.getLong(48);
    tables(image, refcountTable, image.getInt(56) * clusterBytes(image) / 8, found);
    if (image.getLong(64) != 0) {
      found.add(image.getLong(64));
    }
    bitmaps(bytes, found);
    return found;
  }

  private static Set<Long> snapshotTables(byte[] bytes) throws IOException {
    ByteBuffer image = ByteBuffer.wrap(bytes);
    MemoryStorage storage = new MemoryStorage("disk", bytes);
    Set<Long> found = new TreeSet<>();
    for (SnapshotTable.Snapshot each :
        SnapshotTable.read(storage, Qcow2Header.read(storage)).all()) {
      tables(image, (int) each.l1TableOffset(), (int) each.l1Size(), found);
    }
    return found;
  }

  private static void bitmaps(byte[] bytes, Set<Long> found) throws IOException {
    MemoryStorage storage = new MemoryStorage("disk", bytes);
    ByteBuffer image = ByteBuffer.wrap(bytes);
    HeaderExtensions.Bitmaps bitmaps =
        HeaderExtensions.read(storage, Qcow2Header.read(storage)).bitmaps();
    if (bitmaps != null) {
      found.add(bitmaps.directoryOffset());
      BitmapDirectory.forEachTable(
          storage, bitmaps, (at, entries) -> tables(image, (int) at, (int) entries, found));
    }
  }

  private static void tables(ByteBuffer image, int at, int entries, Set<Long> found) {
    found.add((long) at);
    for (int index = 0; index < entries; index++) {
      long table = Qcow2Layout.l2TableOffset(image.getLong(at + index * 8));
      if (table != 0) {
        found.add(table);
      }
    }
  }
}
