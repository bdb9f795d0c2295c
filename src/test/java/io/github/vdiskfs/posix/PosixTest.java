// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PosixTest {
  @TempDir Path folder;

  @Test
  void statusIsWhatJavaSays() throws IOException {
    Path file = Files.writeString(folder.resolve("ä b"), "hello");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    Map<String, Object> java = Files.readAttributes(file, "unix:*");
    FileStatus status = Posix.status(file.toString());
    assertEquals(java.get("ino"), status.inode());
    assertEquals(java.get("dev"), status.device());
    assertEquals(java.get("mode"), status.mode());
    assertEquals(5, status.size());
    assertEquals(0640, status.permissions());
    assertEquals(
        Files.getLastModifiedTime(file).toInstant().getEpochSecond(), status.modified().seconds());
    assertTrue(status.isRegular() && !status.isDirectory() && !status.isSymlink());
  }

  @Test
  void deviceNumbersAreDecodedAsTheyAreEncoded() throws IOException {
    FileStatus status = Posix.status("/dev/null");
    assertFalse(status.isRegular());
    Map<String, Object> java = Files.readAttributes(folder, "unix:dev");
    FileStatus here = Posix.status(folder.toString());
    assertEquals(java.get("dev"), here.device());
    long again = ((long) (here.major() & 0xFFF) << 8) | (here.minor() & 0xFF);
    assertEquals(here.device() & 0xFFFFF, again);
  }

  @Test
  void linksAreToldFromTheirTargets() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    assertTrue(Posix.linkStatus(link.toString()).isSymlink());
    assertTrue(Posix.status(link.toString()).sameFile(Posix.status(file.toString())));
  }

  @Test
  void readsAtAnyOffsetAndStopsAtTheEnd() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "0123456789");
    int fd = Posix.open(file.toString(), Posix.O_RDONLY);
    ByteBuffer buffer = ByteBuffer.allocateDirect(8);
    assertEquals(4, Posix.read(fd, buffer, 6));
    assertEquals("6789", StandardCharsets.US_ASCII.decode(buffer.flip()).toString());
    assertEquals(0, Posix.read(fd, buffer.clear(), 100));
    Posix.close(fd);
  }

  @Test
  void findsTheHolesOfAFile() throws IOException {
    Path file = folder.resolve("sparse");
    try (var channel =
        Files.newByteChannel(
            file,
            java.nio.file.StandardOpenOption.CREATE,
            java.nio.file.StandardOpenOption.WRITE)) {
      channel.position(1 << 20);
      channel.write(ByteBuffer.wrap(new byte[4096]));
    }
    int fd = Posix.open(file.toString(), Posix.O_RDONLY);
    assertEquals(1 << 20, Posix.seekData(fd, 0));
    assertEquals((1 << 20) + 4096, Posix.seekHole(fd, 1 << 20));
    assertEquals(-1, Posix.seekData(fd, (1 << 20) + 4096));
    Posix.close(fd);
  }

  @Test
  void failuresCarryTheirNumberAndWords() {
    ErrnoException e =
        assertThrows(ErrnoException.class, () -> Posix.open(folder + "/missing", Posix.O_RDONLY));
    assertEquals(ErrnoException.ENOENT, e.errno());
    assertTrue(e.getMessage().contains("No such file"), e.getMessage());
  }

  @Test
  void namesCannotLeaveTheFolderTheyAreOpenedBelow() throws IOException {
    Files.createDirectory(folder.resolve("in"));
    Files.writeString(folder.resolve("secret"), "x");
    Files.createSymbolicLink(folder.resolve("in/out"), Path.of("../secret"));
    Files.writeString(folder.resolve("in/fine"), "x");
    int fd = Posix.open(folder + "/in", Posix.O_PATH);
    Posix.close(Posix.openBelow(fd, "fine", Posix.O_PATH, 0, Posix.RESOLVE_BENEATH));
    for (String name : new String[] {"out", "../secret", folder + "/secret"}) {
      ErrnoException e =
          assertThrows(
              ErrnoException.class,
              () -> Posix.openBelow(fd, name, Posix.O_PATH, 0, Posix.RESOLVE_BENEATH));
      assertEquals(ErrnoException.EXDEV, e.errno(), name);
    }
    Posix.close(fd);
  }
}
