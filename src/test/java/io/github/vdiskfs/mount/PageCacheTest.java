// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.disk.ClusterCache;
import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.format.KnownFormats;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.mount.DiskFileSystem.OpenFile;
import io.github.vdiskfs.storage.Gate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether the kernel is told to keep what it cached. */
class PageCacheTest {
  private static final String DISK = "/disk.raw.raw";
  private static final long CACHE_BYTES = 1 << 20;

  @TempDir private Path source;
  private Gate gate;
  private DiskFileSystem files;

  @BeforeEach
  void open() throws IOException {
    Files.write(source.resolve("disk.raw"), new byte[4096]);
    gate = new Gate(source, Gate.Backing.CONFINED, List.of());
    DiskOpener opener =
        new DiskOpener(
            KnownFormats.all(),
            gate,
            new DiskOpener.Policy(false, true, false),
            new TableCache(CACHE_BYTES),
            new ClusterCache(CACHE_BYTES));
    files = new DiskFileSystem(gate, opener, null, MountPolicy.DEFAULT);
    readThrough(files.open(DISK, false, 1));
  }

  private void readThrough(OpenFile file) throws IOException {
    files.volumeForRead(file.handle()).read(ByteBuffer.allocateDirect(512), 0);
    files.release(file.handle());
  }

  @AfterEach
  void close() {
    files.close();
    gate.close();
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
