// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.mount.DiskFileSystem.OpenFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether the kernel is told to keep what it cached. */
class PageCacheTest {
  private static final String DISK = "/disk.raw.raw";

  @TempDir private Path source;
  private TestMount mount;
  private DiskFileSystem files;

  @BeforeEach
  void open() throws IOException {
    Files.write(source.resolve("disk.raw"), new byte[4096]);
    mount = new TestMount(source);
    files = mount.files;
    readThrough(files.open(DISK, false, 1));
  }

  private void readThrough(OpenFile file) throws IOException {
    files.volumeForRead(file.handle()).read(ByteBuffer.allocateDirect(512), 0);
    files.release(file.handle());
  }

  @AfterEach
  void close() {
    mount.close();
  }

  @Test
  void whatWasWrittenHereIsKept() throws IOException {
    OpenFile writer = files.open(DISK, true, 1);
    files.write(writer.handle(), ByteBuffer.allocateDirect(512), 0);
    files.release(writer.handle());
    assertTrue(files.open(DISK, false, 1).keepCache());
  }

  @Test
  void nothingIsKeptOfADiskThatWasReplacedWhileItWasWritten() throws IOException {
    OpenFile writer = files.open(DISK, true, 1);
    files.write(writer.handle(), ByteBuffer.allocateDirect(512), 0);
    Path other = Files.write(source.resolve("other"), new byte[4096]);
    Files.move(other, source.resolve("disk.raw"), StandardCopyOption.REPLACE_EXISTING);
    files.release(writer.handle());
    assertFalse(files.open(DISK, false, 1).keepCache());
  }

  @Test
  void nothingIsKeptOfADiskThatWasWrittenByAnotherName() throws IOException {
    Files.createLink(source.resolve("link.raw"), source.resolve("disk.raw"));
    readThrough(files.open(DISK, false, 1));
    OpenFile reader = files.open(DISK, false, 1);
    OpenFile writer = files.open("/link.raw.raw", true, 2);
    files.write(writer.handle(), ByteBuffer.allocateDirect(512), 0);
    files.release(writer.handle());
    files.release(reader.handle());
    assertFalse(files.open(DISK, false, 1).keepCache());
  }
}
