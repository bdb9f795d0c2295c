// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.mount.DiskFileSystem.OpenFile;
import io.github.vdiskfs.mount.DiskFileSystem.Owner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the kernel is told of the page caches of files that show the same bytes. */
class CoherenceTest {
  private static final String DISK = "/disk.raw.raw";
  private static final String FIRST = "/disk.raw.parts/p1.raw";
  private static final String SECOND = "/disk.raw.parts/p2.raw";
  private static final long DISK_NODE = 1;
  private static final long FIRST_NODE = 2;
  private static final long SECOND_NODE = 3;

  @TempDir private Path source;
  private TestMount mount;

  @BeforeEach
  void open() throws IOException {
    Files.write(source.resolve("disk.raw"), TestMount.disk(100, 10, 20, 40, 50));
    mount = new TestMount(source);
  }

  @AfterEach
  void close() {
    mount.close();
  }

  /** Reads a file, so that the kernel has cached some of it. */
  private void readThrough(String path, long node) throws IOException {
    OpenFile file = mount.files.open(path, false, node);
    assertTrue(mount.sector(file, 0) >= 0);
    mount.files.release(file.handle());
  }

  private boolean keeps(String path, long node) throws IOException {
    OpenFile file = mount.files.open(path, false, node);
    mount.files.release(file.handle());
    assertFalse(file.direct());
    return file.keepCache();
  }

  @Test
  void aWriteToTheDiskIsToldToThePartitionsThatAreOpen() throws IOException {
    OpenFile disk = mount.files.open(DISK, true, DISK_NODE);
    assertEquals(List.of(), mount.files.staleAfter(disk.handle(), 0, 51_200));
    mount.files.open(FIRST, false, FIRST_NODE);
    OpenFile again = mount.files.open(FIRST, false, FIRST_NODE);
    OpenFile second = mount.files.open(SECOND, false, SECOND_NODE);
    assertEquals(List.of(), mount.files.staleAfter(disk.handle(), 30 * 512, 5120));
    assertEquals(
        List.of(new StalePages(FIRST_NODE, 19 * 512, 512), new StalePages(SECOND_NODE, 0, 512)),
        mount.files.staleAfter(disk.handle(), 29 * 512, 12 * 512));
    mount.files.release(second.handle());
    mount.files.release(again.handle());
    assertEquals(
        List.of(new StalePages(FIRST_NODE, 0, 20 * 512)),
        mount.files.staleAfter(disk.handle(), 0, Long.MAX_VALUE));
  }

  @Test
  void aWriteToAPartitionIsToldToTheDiskOnly() throws IOException {
    OpenFile first = mount.files.open(FIRST, true, FIRST_NODE);
    mount.files.open(DISK, false, DISK_NODE);
    mount.files.open(SECOND, false, SECOND_NODE);
    assertEquals(
        List.of(new StalePages(DISK_NODE, 11 * 512, 512)),
        mount.files.staleAfter(first.handle(), 512, 512));
    assertEquals(
        List.of(new StalePages(DISK_NODE, 10 * 512, 20 * 512), StalePages.allOf(FIRST_NODE)),
        mount.files.truncate(first.handle(), 0, FIRST_NODE));
  }

  @Test
  void readersKeepWhatTheyHave() throws IOException {
    readThrough(DISK, DISK_NODE);
    readThrough(FIRST, FIRST_NODE);
    assertTrue(keeps(DISK, DISK_NODE));
    assertTrue(keeps(FIRST, FIRST_NODE));
  }

  @Test
  void nothingIsKeptOfAPartitionThatWasClosedWhileTheDiskWasWritten() throws IOException {
    readThrough(FIRST, FIRST_NODE);
    OpenFile disk = mount.files.open(DISK, true, DISK_NODE);
    mount.write(disk, 10, 77);
    assertFalse(keeps(FIRST, FIRST_NODE));
    mount.write(disk, 10, 78);
    assertFalse(keeps(FIRST, FIRST_NODE));
    mount.files.release(disk.handle());
    assertFalse(keeps(FIRST, FIRST_NODE));
  }

  @Test
  void theWritersOwnPagesAreKept() throws IOException {
    readThrough(FIRST, FIRST_NODE);
    OpenFile first = mount.files.open(FIRST, true, FIRST_NODE);
    assertTrue(first.keepCache());
    mount.write(first, 3, 77);
    mount.files.release(first.handle());
    assertTrue(keeps(FIRST, FIRST_NODE));
  }

  @Test
  void aPartitionThatMovedStaysOutOfTheCacheOfTheOldOne() throws IOException {
    OpenFile before = mount.files.open(FIRST, false, FIRST_NODE);
    assertEquals(10, mount.sector(before, 0));
    OpenFile disk = mount.files.open(DISK, true, DISK_NODE);
    mount.writeTable(disk, TestMount.mbr(20, 5));
    OpenFile moved = mount.files.open(FIRST, false, FIRST_NODE);
    assertTrue(moved.direct());
    assertEquals(20, mount.sector(moved, 0));
    mount.files.release(moved.handle());
    mount.files.release(before.handle());
    assertFalse(keeps(FIRST, FIRST_NODE));
  }

  @Test
  void aDiskThatIsBeingMadeIsNotWrittenByOthers() throws IOException {
    OpenFile made = mount.files.create("/new.raw.raw", 0644, new Owner(0, 0));
    mount.writeTable(made, TestMount.mbr(1, 1));
    mount.write(made, 2, 5);
    OpenFile reader = mount.files.open("/new.raw.parts/p1.raw", false, FIRST_NODE);
    assertEquals(
        List.of(new StalePages(FIRST_NODE, 0, 512)),
        mount.files.staleAfter(made.handle(), 512, 512));
    mount.files.release(reader.handle());
    ImageException e =
        assertThrows(
            ImageException.class, () -> mount.files.open("/new.raw.parts/p1.raw", true, 2));
    assertEquals(ImageException.Kind.LOCKED, e.kind());
    mount.files.release(made.handle());
    mount.files.open("/new.raw.parts/p1.raw", true, 2);
  }
}
