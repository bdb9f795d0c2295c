// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Who uses a mount, as far as /proc and /sys tell; nothing on the mount itself is looked at. */
final class Holders {
  /** Enough to know where to look. */
  private static final int MAX_NAMED = 5;

  private Holders() {}

  /** {@code " (by ...)"}, or nothing where nobody can be named. */
  static String describe(Path mountPoint) {
    List<String> names = new ArrayList<>();
    collectLoopDevices(mountPoint, names);
    collectProcesses(mountPoint, names);
    return names.isEmpty() ? "" : " (by " + String.join(", ", names) + ")";
  }

  private static void collectLoopDevices(Path mountPoint, List<String> names) {
    try (DirectoryStream<Path> devices = Files.newDirectoryStream(Path.of("/sys/block"), "loop*")) {
      for (Path device : devices) {
        Path file = device.resolve("loop/backing_file");
        if (Files.exists(file) && lies(Path.of(Files.readString(file).strip()), mountPoint)) {
          add(names, "/dev/" + device.getFileName());
        }
      }
    } catch (IOException e) {
      add(names, "loop devices that cannot be listed");
    }
  }

  private static void collectProcesses(Path mountPoint, List<String> names) {
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path process : processes) {
        if (names.size() < MAX_NAMED && !isThis(process) && uses(process, mountPoint)) {
          add(names, name(process));
        }
      }
    } catch (IOException e) {
      add(names, "processes that cannot be listed");
    }
  }

  /** Whoever unmounts may stand in the mount's folder. */
  private static boolean isThis(Path process) {
    return process.endsWith(String.valueOf(ProcessHandle.current().pid()));
  }

  private static boolean uses(Path process, Path mountPoint) {
    if (links(process.resolve("cwd"), mountPoint)) {
      return true;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
      for (Path file : files) {
        if (links(file, mountPoint)) {
          return true;
        }
      }
    } catch (IOException e) {
      // Ended meanwhile, or another user's: nothing to tell.
    }
    return false;
  }

  private static boolean links(Path link, Path mountPoint) {
    try {
      return lies(Files.readSymbolicLink(link), mountPoint);
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean lies(Path file, Path mountPoint) {
    return file.startsWith(mountPoint);
  }

  private static String name(Path process) {
    try {
      return Files.readString(process.resolve("comm")).strip() + " " + process.getFileName();
    } catch (IOException e) {
      return "process " + process.getFileName();
    }
  }

  private static void add(List<String> names, String name) {
    if (names.size() < MAX_NAMED) {
      names.add(name);
    }
  }
}
