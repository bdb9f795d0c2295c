// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Which processes have a file open, as far as /proc tells this user. Only links and texts of /proc
 * are read, never the file: it may lie on a file system that waits for this process.
 */
final class OpenFiles {
  /** Enough to know where to look. */
  private static final int MAX_NAMED = 3;

  private static final Path PROCESSES = Path.of("/proc");

  /** What /proc/PID/fdinfo/N says of each lock that was taken through that descriptor. */
  private static final String LOCK = "\nlock:";

  private OpenFiles() {}

  /**
   * {@code " (qemu-system-x86 1234)"}, or nothing where nobody can be named. Where some of those
   * who have the file open hold a lock on it, it is they.
   *
   * @param fd an open descriptor of the file
   */
  static String describe(int fd) {
    List<String> holders = new ArrayList<>();
    List<String> others = new ArrayList<>();
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
      Path file = Files.readSymbolicLink(Path.of("/proc/self/fd/" + fd));
      for (Path process : processes) {
        look(process, file, holders, others);
      }
    } catch (IOException e) {
      return "";
    }
    List<String> names = holders.isEmpty() ? others : holders;
    return names.isEmpty()
        ? ""
        : " (" + String.join(", ", names.subList(0, Math.min(MAX_NAMED, names.size()))) + ")";
  }

  private static void look(Path process, Path file, List<String> holders, List<String> others) {
    if (process.endsWith(String.valueOf(ProcessHandle.current().pid()))) {
      return;
    }
    boolean open = false;
    boolean locked = false;
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path descriptor : descriptors) {
        if (Files.readSymbolicLink(descriptor).equals(file)) {
          open = true;
          Path about = process.resolve("fdinfo").resolve(descriptor.getFileName());
          locked |= Files.readString(about).contains(LOCK);
        }
      }
      if (open) {
        (locked ? holders : others).add(name(process));
      }
    } catch (IOException e) {
      // Ended meanwhile, or another user's.
    }
  }

  private static String name(Path process) throws IOException {
    return Files.readString(process.resolve("comm")).strip() + " " + process.getFileName();
  }
}
