// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileStorageTest {
  private static final int BLOCK = 4096;

  @TempDir Path folder;

  private FileStorage newFile() throws IOException {
    FileStorage file = FileStorage.open(Files.createFile(folder.resolve("file")));
    file.allowWriting();
    return file;
  }

  /** The longest file that the host's file system can have. */
  private static long longest(FileStorage file) throws IOException {
    long most = 0;
    for (long step = 1L << 62; step > 0; step >>= 1) {
      try {
        file.truncate(most + step);
        most += step;
      } catch (IOException e) {
        // Too long: the next step is smaller.
      }
    }
    file.truncate(0);
    return most;
  }

  /** The host takes the part of a write that a file still has room for, and then fails. */
  @Test
  void whatAFailedWriteLeftBehindIsAPartOfTheFile() throws IOException {
    try (FileStorage file = newFile()) {
      long most = longest(file);
      assumeTrue(most < Long.MAX_VALUE - BLOCK, "files of this host have no longest length");
      ByteBuffer source = ByteBuffer.allocateDirect(2 * BLOCK);
      assertThrows(IOException.class, () -> file.write(source, most - BLOCK));
      assertEquals(most, file.size());
      assertEquals(file.statusNow().size(), file.size());
    }
  }

  @Test
  void writesExtendTheFile() throws IOException {
    try (FileStorage file = newFile()) {
      file.write(ByteBuffer.allocate(3), 10);
      assertEquals(13, file.size());
      file.write(ByteBuffer.allocate(3), 2);
      assertEquals(13, file.size());
    }
  }
}
