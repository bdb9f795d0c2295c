// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.mount.DiskFileSystem.OpenFile;
import io.github.vdiskfs.posix.ErrnoException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of partitions: which there are, what they show, what writing to them does. */
class PartitionFilesTest {
  private static final String DISK = "/disk.raw.raw";
  private static final String PARTS = "/disk.raw.parts";
  private static final String FIRST = PARTS + "/p1.raw";
  private static final String SECOND = PARTS + "/p2.raw";
  private static final int SECTORS = 100;

  @TempDir private Path source;
  private TestMount mount;

  @BeforeEach
  void open() throws IOException {
    Files.write(source.resolve("disk.raw"), TestMount.disk(SECTORS, 10, 20, 40, 50));
    mount = new TestMount(source);
  }

  @AfterEach
  void close() {
    mount.close();
  }

  @Test
  void aTableGivesAFolderOfPartitions() throws IOException {
    assertEquals(List.of("disk.raw.raw", "disk.raw.parts"), mount.files.list("/"));
    assertEquals(List.of("p1.raw", "p2.raw"), mount.files.list(PARTS));
    assertEquals(20 * 512, mount.files.attributes(FIRST).size());
    assertEquals(50 * 512, mount.files.attributes(SECOND).size());
    OpenFile second = mount.files.open(SECOND, false, 2);
    assertEquals(40, mount.sector(second, 0));
    assertEquals(89, mount.sector(second, 49));
    assertEquals(-1, mount.sector(second, 50));
  }

  @Test
  void whatIsNotThereIsNotFound() throws IOException {
    Files.write(source.resolve("plain.raw"), new byte[4096]);
    for (String path :
        List.of(PARTS + "/p3.raw", PARTS + "/x.raw", "/plain.raw.parts", "/x.parts")) {
      assertThrows(NoSuchFileException.class, () -> mount.files.attributes(path), path);
    }
    assertThrows(NoSuchFileException.class, () -> mount.files.open(PARTS + "/p3.raw", false, 3));
    assertFalse(mount.files.list("/").contains("plain.raw.parts"));
    assertFalse(mount.files.list("/").contains("disk.raw.snapshots"));
  }

  @Test
  void foldersCanBeLeftOut() throws IOException {
    MountPolicy bare = new MountPolicy(Ownership.OF_IMAGE, true, false, Set.of());
    try (TestMount without = new TestMount(source, bare)) {
      assertEquals(List.of("disk.raw.raw"), without.files.list("/"));
      assertThrows(NoSuchFileException.class, () -> without.files.attributes(FIRST));
    }
  }

  @Test
  void aFolderOfTheSourceComesFirst() throws IOException {
    Files.createDirectory(source.resolve("disk.raw.parts"));
    Files.write(source.resolve("disk.raw.parts/p1"), new byte[512]);
    assertEquals(List.of("disk.raw.parts", "disk.raw.raw"), mount.files.list("/"));
    assertEquals(List.of(), mount.files.list(PARTS));
    assertThrows(NoSuchFileException.class, () -> mount.files.attributes(SECOND));
  }

  @Test
  void numbersAreStableAndDiffer() throws IOException {
    long first = mount.files.attributes(FIRST).inode();
    assertNotEquals(first, mount.files.attributes(SECOND).inode());
    assertNotEquals(first, mount.files.attributes(DISK).inode());
    assertNotEquals(first, mount.files.attributes(PARTS).inode());
    try (TestMount again = new TestMount(source)) {
      assertEquals(first, again.files.attributes(FIRST).inode());
    }
  }

  @Test
  void writesStayInsideAndShowOnTheDisk() throws IOException {
    OpenFile first = mount.files.open(FIRST, true, 2);
    OpenFile disk = mount.files.open(DISK, false, 1);
    mount.write(first, 19, 1234);
    assertEquals(1234, mount.sector(disk, 29));
    ByteBuffer across = ByteBuffer.allocateDirect(1024);
    assertEquals(512, mount.files.write(first.handle(), across, 19 * 512));
    assertEquals(30, mount.sector(disk, 30));
    assertThrows(ErrnoException.class, () -> mount.write(first, 20, 5));
    mount.files.zero(first.handle(), 0, Long.MAX_VALUE);
    assertEquals(9, mount.sector(disk, 9));
    assertEquals(0, mount.sector(disk, 10));
    assertEquals(30, mount.sector(disk, 30));
  }

  @Test
  void truncatingEmptiesAPartitionAndKeepsItsSize() throws IOException {
    mount.files.truncate(FIRST, 0, 2);
    assertEquals(20 * 512, mount.files.attributes(FIRST).size());
    OpenFile disk = mount.files.open(DISK, false, 1);
    assertEquals(0, mount.sector(disk, 29));
    assertEquals(30, mount.sector(disk, 30));
    for (long size : new long[] {512, 21 * 512}) {
      ImageException e =
          assertThrows(ImageException.class, () -> mount.files.truncate(FIRST, size, 2));
      assertEquals(ImageException.Kind.FIXED_SIZE, e.kind());
    }
  }

  @Test
  void theTableIsReadAgainWhenItWasWritten() throws IOException {
    OpenFile second = mount.files.open(SECOND, false, 3);
    OpenFile disk = mount.files.open(DISK, true, 1);
    assertEquals(List.of("p1.raw", "p2.raw"), mount.files.list(PARTS));
    mount.writeTable(disk, TestMount.mbr(20, 5));
    assertEquals(List.of("p1.raw"), mount.files.list(PARTS));
    assertEquals(5 * 512, mount.files.attributes(FIRST).size());
    assertEquals(40, mount.sector(second, 0), "an open partition stays where it was");
    assertEquals(50 * 512, mount.files.attributes(SECOND).size());
    mount.files.release(second.handle());
    assertThrows(NoSuchFileException.class, () -> mount.files.attributes(SECOND));
    mount.writeTable(disk, TestMount.mbr());
    assertEquals(List.of("disk.raw.raw"), mount.files.list("/"));
    mount.files.release(disk.handle());
    assertEquals(List.of("disk.raw.raw"), mount.files.list("/"));
  }

  @Test
  void theTableIsReadAgainWhenTheImageChanged() throws IOException {
    assertEquals(2, mount.files.list(PARTS).size());
    Files.write(source.resolve("disk.raw"), TestMount.disk(SECTORS + 1, 10, 20));
    assertEquals(1, mount.files.list(PARTS).size());
  }

  @Test
  void aPartitionCountsAsAnOpeningOfTheDisk() throws IOException {
    OpenFile first = mount.files.open(FIRST, true, 2);
    OpenFile disk = mount.files.open(DISK, true, 1);
    mount.write(disk, 10, 7);
    assertEquals(7, mount.sector(first, 0));
    mount.files.release(disk.handle());
    mount.write(first, 1, 8);
    assertEquals(8, mount.sector(first, 1));
    mount.files.release(first.handle());
    OpenFile reader = mount.files.open(DISK, false, 1);
    assertEquals(8, mount.sector(reader, 11));
  }

  @Test
  void aPartitionHasTheImagesAttributes() throws IOException {
    var disk = mount.files.attributes(DISK);
    var first = mount.files.attributes(FIRST);
    assertEquals(disk.mode(), first.mode());
    assertEquals(disk.uid(), first.uid());
    assertEquals(disk.modified(), first.modified());
    assertTrue(first.blocks() > 0 && first.blocks() <= 20);
    assertEquals(0x4000, mount.files.attributes(PARTS).mode() & 0xF000);
    assertEquals("raw", mount.files.extendedAttributes(FIRST).get("user.vdiskfs.format"));
    assertEquals(
        source.resolve("disk.raw").toString(),
        mount.files.extendedAttributes(PARTS).get("user.vdiskfs.source"));
  }

  @Test
  void aRawDiskGetsNoSignatureThroughAPartition() throws IOException {
    Files.write(source.resolve("disk.img"), TestMount.disk(SECTORS, 0, 20, 40, 50));
    OpenFile first = mount.files.open("/disk.img.parts/p1.raw", true, 4);
    ByteBuffer qcow2 = ByteBuffer.allocateDirect(8).putInt(0x514649FB).putInt(3).flip();
    ImageException e =
        assertThrows(ImageException.class, () -> mount.files.write(first.handle(), qcow2, 0));
    assertEquals(ImageException.Kind.NOT_PERMITTED, e.kind());
    mount.write(first, 1, 5);
    assertEquals(5, mount.sector(first, 1));
  }

  @Test
  void aPartitionEndsWhereTheDiskDoesNow() throws IOException {
    OpenFile second = mount.files.open(SECOND, true, 3);
    mount.files.truncate(DISK, 50 * 512, 1);
    assertEquals(49, mount.sector(second, 9));
    assertEquals(-1, mount.sector(second, 10));
    assertThrows(ErrnoException.class, () -> mount.write(second, 10, 5));
    OpenFile again = mount.files.open(SECOND, false, 3);
    assertEquals(10 * 512, mount.files.volume(again.handle()).size());
  }

  @Test
  void whatIsLeftOutIsSaid() throws IOException {
    Files.write(source.resolve("odd.raw"), TestMount.disk(SECTORS, 10, 20, 25, 10));
    String why = mount.files.extendedAttributes("/odd.raw.parts").get("user.vdiskfs.error");
    assertTrue(String.valueOf(why).contains("overlaps partition 1"), why);
  }
}
