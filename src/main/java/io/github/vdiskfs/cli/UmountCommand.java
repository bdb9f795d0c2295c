// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import io.github.vdiskfs.fuse.MountBusyException;
import io.github.vdiskfs.fuse.Unmount;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code vdiskfs umount}: returns when the server has ended, with everything on disk. */
@Command(
    name = "umount",
    description = "Unmounts MOUNTPOINT and waits until its server has ended.",
    mixinStandardHelpOptions = true)
final class UmountCommand implements Callable<Integer> {
  /** The root's extended attribute with the server's process id, without {@code user.}. */
  private static final String SERVER = "vdiskfs.pid";

  private static final long PATIENCE_SECONDS = 60;
  private static final long POLL_MILLIS = 20;

  @Parameters(paramLabel = "MOUNTPOINT", description = "Where vdiskfs is mounted.")
  private Path named = Path.of("");

  @Override
  public Integer call() throws IOException {
    Path mountPoint = find(named);
    Optional<ProcessHandle> server = server(mountPoint);
    try {
      Unmount.run(mountPoint, false);
    } catch (MountBusyException e) {
      throw new FileSystemException(
          named.toString(),
          null,
          "is in use" + Holders.describe(mountPoint) + "; end that use and try again");
    }
    server.ifPresent(UmountCommand::await);
    return 0;
  }

  /** The mount by the name that it has in the kernel's table; a dead one is never looked at. */
  private static Path find(Path named) throws IOException {
    Path absolute = named.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    Path real = parent == null ? absolute : parent.toRealPath().resolve(absolute.getFileName());
    for (MountTable.Mount mount : MountTable.read()) {
      if (mount.isVdiskfs() && (mount.path().equals(absolute) || mount.path().equals(real))) {
        return mount.path();
      }
    }
    throw new FileSystemException(named.toString(), null, "no vdiskfs is mounted there");
  }

  private static Optional<ProcessHandle> server(Path mountPoint) {
    try {
      UserDefinedFileAttributeView view =
          Files.getFileAttributeView(mountPoint, UserDefinedFileAttributeView.class);
      ByteBuffer value = ByteBuffer.allocate(Long.SIZE);
      view.read(SERVER, value);
      String pid = StandardCharsets.US_ASCII.decode(value.flip()).toString();
      return ProcessHandle.of(Long.parseLong(pid));
    } catch (IOException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static void await(ProcessHandle server) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    try {
      while (runs(server)) {
        if (System.nanoTime() - end > 0) {
          System.err.println("vdiskfs: unmounted, but the server " + server.pid() + " still runs");
          return;
        }
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A zombie has let go of everything; in a container without an init it stays one. */
  private static boolean runs(ProcessHandle server) {
    try {
      String status = Files.readString(Path.of("/proc", Long.toString(server.pid()), "stat"));
      return server.isAlive() && status.charAt(status.lastIndexOf(')') + 2) != 'Z';
    } catch (IOException e) {
      return false;
    }
  }
}
