// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import io.github.vdiskfs.posix.ErrnoException;
import io.github.vdiskfs.posix.FileStatus;
import io.github.vdiskfs.posix.Posix;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A folder that can be mounted on.
 *
 * @param path absolute, without links
 */
record MountPoint(Path path) {
  private static final Path DEVICE = Path.of("/dev/fuse");

  /**
   * Looks at the folder before anything is mounted, to tell what is wrong in better words than
   * mount(2) has.
   */
  static MountPoint check(Path named) throws IOException {
    Path absolute = named.toAbsolutePath().normalize();
    checkFolder(absolute);
    Path real = absolute.toRealPath();
    if (MountTable.read().stream().anyMatch(m -> m.isVdiskfs() && m.path().equals(real))) {
      throw new FileSystemException(
          named.toString(), null, "vdiskfs is mounted there already; try: vdiskfs umount " + named);
    }
    checkEmpty(real);
    if (!Files.exists(DEVICE)) {
      throw new FileSystemException(
          DEVICE.toString(), null, "no such device; load the module (modprobe fuse) or pass it in");
    }
    return new MountPoint(real);
  }

  private static void checkFolder(Path folder) throws IOException {
    try {
      FileStatus status = Posix.status(folder.toString());
      if (!status.isDirectory()) {
        throw new FileSystemException(folder.toString(), null, "is not a folder");
      }
    } catch (ErrnoException e) {
      if (e.errno() == ErrnoException.ENOENT) {
        throw new NoSuchFileException(folder.toString(), null, "no such folder");
      }
      if (e.errno() == ErrnoException.ENOTCONN) {
        throw new FileSystemException(
            folder.toString(),
            null,
            "a file system whose server died is mounted there; try: vdiskfs umount " + folder);
      }
      throw e;
    }
  }

  private static void checkEmpty(Path folder) throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      if (entries.iterator().hasNext()) {
        throw new FileSystemException(folder.toString(), null, "is not empty, so not mounted on");
      }
    }
  }

  /**
   * A server that looks at its own mount waits for itself.
   *
   * @param source the folder of images, absolute and without links
   */
  void checkApartFrom(Path source) throws IOException {
    if (liesIn(path, source) || liesIn(source, path)) {
      throw new FileSystemException(
          path.toString(), null, "the mount point and the folder of images lie in one another");
    }
  }

  /** By the folders themselves: a bind mount gives one of them another path. */
  private static boolean liesIn(Path inner, Path outer) throws ErrnoException {
    FileStatus wanted = Posix.status(outer.toString());
    for (Path folder = inner; folder != null; folder = folder.getParent()) {
      if (Posix.status(folder.toString()).sameFile(wanted)) {
        return true;
      }
    }
    return false;
  }
}
