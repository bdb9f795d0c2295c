// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import io.github.vdiskfs.posix.ErrnoException;
import io.github.vdiskfs.posix.FileStatus;
import io.github.vdiskfs.posix.Posix;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;

/**
 * A folder that files may lie in, opened before anything in it could be looked at. Names in it are
 * resolved by the kernel and lead nowhere else.
 *
 * @param given the path that the user gave, absolute
 * @param real that path without links
 * @param fd an {@code O_PATH} descriptor of the folder
 */
record RootFolder(Path given, Path real, int fd) {
  private static final long BELOW = Posix.RESOLVE_BENEATH | Posix.RESOLVE_NO_MAGICLINKS;

  static RootFolder open(Path folder) throws IOException {
    Path given = folder.toAbsolutePath().normalize();
    int fd = Posix.open(given.toString(), Posix.O_PATH);
    if (!Posix.status(fd).isDirectory()) {
      Posix.close(fd);
      throw new FileSystemException(folder.toString(), null, "not a folder");
    }
    return new RootFolder(given, given.toRealPath(), fd);
  }

  /** The path relative to this folder, or empty where it lies elsewhere by its words alone. */
  String relative(Path absolute) {
    for (Path folder : List.of(given, real)) {
      if (absolute.startsWith(folder) && staysBelow(absolute, folder.getNameCount())) {
        return folder.relativize(absolute).toString();
      }
    }
    return "";
  }

  boolean contains(Path absolute) {
    return absolute.startsWith(given) || absolute.startsWith(real);
  }

  private static boolean staysBelow(Path absolute, int depth) {
    int level = 0;
    for (Path part : absolute.subpath(depth, Math.max(depth + 1, absolute.getNameCount()))) {
      level += part.toString().equals("..") ? -1 : 1;
      if (level < 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * What the host says of a file or folder below.
   *
   * @throws ErrnoException with EXDEV or ELOOP where a link on the way leads out of here
   */
  FileStatus status(String relative) throws ErrnoException {
    int below = Posix.openBelow(fd, relative.isEmpty() ? "." : relative, Posix.O_PATH, 0, BELOW);
    try {
      return Posix.status(below);
    } finally {
      Posix.close(below);
    }
  }

  /**
   * Opens a file below.
   *
   * @param shown what it is called from now on
   */
  FileStorage openBelow(String relative, Path shown) throws IOException {
    try {
      return FileStorage.adopt(shown, Posix.openBelow(fd, relative, Posix.O_PATH, 0, BELOW));
    } catch (ErrnoException e) {
      throw explained(e, shown);
    }
  }

  /**
   * Makes a file below, empty and writable.
   *
   * @param permissions as in open(2)
   */
  FileStorage createBelow(String relative, Path shown, int permissions) throws IOException {
    int flags = Posix.O_RDWR | Posix.O_CREAT | Posix.O_EXCL;
    try {
      int made = Posix.openBelow(fd, relative, flags, permissions, BELOW);
      return FileStorage.adoptNew(shown, made);
    } catch (ErrnoException e) {
      if (e.errno() == ErrnoException.EEXIST) {
        throw new FileAlreadyExistsException(shown.toString(), null, "exists already");
      }
      throw explained(e, shown);
    }
  }

  private static IOException explained(ErrnoException e, Path shown) {
    if (e.errno() == ErrnoException.EXDEV || e.errno() == ErrnoException.ELOOP) {
      return denied(shown.toString());
    }
    if (e.errno() == ErrnoException.ENOSYS) {
      return new FileSystemException(
          shown.toString(), null, "vdiskfs needs Linux 5.6 or later (openat2)");
    }
    return FileStorage.explained(e, shown);
  }

  /** For a name that leads out of all such folders. */
  static FileDeniedException denied(String name) {
    return new FileDeniedException(
        GivenName.printable(name),
        "lies outside the folder of images; -o backing_dir=DIR or -o backing=any allows it");
  }
}
