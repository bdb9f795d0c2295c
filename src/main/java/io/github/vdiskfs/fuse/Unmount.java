// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

import io.github.vdiskfs.posix.ErrnoException;
import io.github.vdiskfs.posix.Posix;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Takes a mount away: directly as root, through fusermount otherwise. */
public final class Unmount {
  private static final int MNT_DETACH = 2;

  private Unmount() {}

  /**
   * Unmounts.
   *
   * @param lazy detach a busy mount as well; it ends when its last user lets go
   * @throws MountBusyException where it is in use and {@code lazy} is false
   */
  public static void run(Path mountPoint, boolean lazy) throws IOException {
    if (Posix.isRoot()) {
      direct(mountPoint, lazy);
    } else {
      throughHelper(mountPoint, lazy);
    }
  }

  private static void direct(Path mountPoint, boolean lazy) throws IOException {
    try {
      Posix.unmount(mountPoint.toString(), lazy ? MNT_DETACH : 0);
    } catch (ErrnoException e) {
      if (e.errno() == Errno.EBUSY) {
        throw new MountBusyException(mountPoint);
      }
      throw e;
    }
  }

  private static void throughHelper(Path mountPoint, boolean lazy) throws IOException {
    List<String> command = new ArrayList<>(List.of("fusermount", "-u"));
    if (lazy) {
      command.add("-z");
    }
    command.add("--");
    command.add(mountPoint.toString());
    Process helper = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said =
        new String(helper.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (exitOf(helper) != 0) {
      if (said.contains("busy")) {
        throw new MountBusyException(mountPoint);
      }
      throw new IOException(said.isEmpty() ? "fusermount failed" : said);
    }
  }

  private static int exitOf(Process helper) throws IOException {
    try {
      return helper.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while fusermount ran", e);
    }
  }
}
