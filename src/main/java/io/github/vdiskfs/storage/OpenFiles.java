// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Which processes have a file open, as far as /proc tells this user. */
final class OpenFiles {
  /** Enough to know where to look. */
  private static final int MAX_NAMED = 3;

  private OpenFiles() {}

  /** {@code " (qemu-system-x86 1234)"}, or nothing where nobody can be named. */
  static String describe(Path path) {
    List<String> names = new ArrayList<>();
    Path own = Path.of("/proc/" + ProcessHandle.current().pid());
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        if (names.size() < MAX_NAMED && !process.equals(own) && hasOpen(process, path)) {
          names.add(name(process) + " " + process.getFileName());
        }
      }
    } catch (IOException e) {
      return "";
    }
    return names.isEmpty() ? "" : " (" + String.join(", ", names) + ")";
  }

  private static boolean hasOpen(Path process, Path path) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path file : files) {
        if (Files.readSymbolicLink(file).equals(path)) {
          return true;
        }
      }
    } catch (IOException e) {
      // Ended meanwhile, or another user's.
    }
    return false;
  }

  private static String name(Path process) throws IOException {
    return Files.readString(process.resolve("comm")).strip();
  }
}
