// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import io.github.vdiskfs.posix.ErrnoException;
import io.github.vdiskfs.posix.FileLocks;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * QEMU's locks on image files, as its file driver takes them: a shared lock on byte 100 + n says "I
 * use permission n", one on byte 200 + n says "I share permission n with nobody". Whoever comes
 * takes all its bytes first and then looks for bytes of others that exclude them. Permissions are 0
 * (consistent read), 1 (write) and 3 (resize).
 *
 * <p>The locks belong to one opening of the file and end with it. Programs that take none are found
 * by a lease, which the kernel refuses while anybody has the file open for writing.
 */
final class ImageLock {
  private static final Logger log = LoggerFactory.getLogger(ImageLock.class);

  /**
   * What a file is opened for.
   *
   * @param taken the bytes that say so
   * @param excluded bytes that others may not have taken
   */
  record Use(List<Integer> taken, List<Integer> excluded) {
    /** Reading while others write: may see tables half changed. */
    static final Use SHARED_READING = new Use(List.of(100), List.of());

    /** Reading what nobody changes. */
    static final Use READING = new Use(List.of(100, 201, 203), List.of(200, 101, 103));

    /** Writing what nobody else reads or writes. */
    static final Use WRITING =
        new Use(List.of(100, 101, 103, 201, 203), List.of(200, 201, 203, 101, 103));
  }

  /** Two programs that come at once can both see each other and give up: so both try again. */
  private static final int ATTEMPTS = 3;

  private static final int MIN_PAUSE_MILLIS = 10;
  private static final int MAX_PAUSE_MILLIS = 50;

  private static final AtomicBoolean warned = new AtomicBoolean();

  private ImageLock() {}

  /**
   * Takes the locks for a use on an open descriptor; more of them where it holds some already.
   *
   * @throws FileInUseException where another program's use excludes it
   */
  static void take(int fd, Path path, Use use) throws IOException {
    try {
      for (int attempt = 1; !tryTake(fd, use); attempt++) {
        if (attempt == ATTEMPTS) {
          throw new FileInUseException(path, OpenFiles.describe(fd));
        }
        pause();
      }
    } catch (ErrnoException e) {
      warnOnce(path, e);
    }
    if (use.equals(Use.WRITING)) {
      try {
        checkUnlockedWriters(fd, path);
      } catch (IOException e) {
        giveBackWriting(fd);
        throw e;
      }
    }
  }

  /** Gives back what a writer has and a reader has not. */
  static void giveBackWriting(int fd) {
    try {
      giveBack(fd, Use.WRITING);
    } catch (ErrnoException e) {
      log.debug("there were no locks: {}", e.getMessage());
    }
  }

  /** True where another program's use excludes a use now; nothing is locked. */
  static boolean isExcluded(int fd, Use use) {
    try {
      return othersExclude(fd, use);
    } catch (ErrnoException e) {
      return false;
    }
  }

  private static boolean tryTake(int fd, Use use) throws ErrnoException {
    for (int offset : use.taken) {
      FileLocks.lockByte(fd, offset);
    }
    if (!othersExclude(fd, use)) {
      return true;
    }
    giveBack(fd, use);
    return false;
  }

  /** A writer that could not be stays a reader. */
  private static void giveBack(int fd, Use use) throws ErrnoException {
    for (int offset : use.taken) {
      if (!use.equals(Use.WRITING) || offset == 101 || offset == 103) {
        FileLocks.unlockByte(fd, offset);
      }
    }
  }

  private static boolean othersExclude(int fd, Use use) throws ErrnoException {
    for (int offset : use.excluded) {
      if (FileLocks.isByteLocked(fd, offset)) {
        return true;
      }
    }
    return false;
  }

  /** Finds programs that write without taking locks. */
  static void checkUnlockedWriters(int fd, Path path) throws IOException {
    try {
      if (!FileLocks.hasNoWriter(fd)) {
        throw new FileInUseException(path, OpenFiles.describe(fd));
      }
    } catch (ErrnoException e) {
      log.debug("{}: no leases here: {}", path, e.getMessage());
    }
    Path folder = path.resolveSibling(path.getFileName() + ".lck");
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> locks = Files.newDirectoryStream(folder)) {
        if (locks.iterator().hasNext()) {
          throw new FileInUseException(path, " (by VMware: " + folder + " is not empty)");
        }
      }
    }
  }

  private static void warnOnce(Path path, ErrnoException e) {
    if (!warned.getAndSet(true)) {
      log.warn(
          "{}: this file system has no locks ({}): nothing keeps other programs out",
          path,
          e.getMessage());
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(ThreadLocalRandom.current().nextInt(MIN_PAUSE_MILLIS, MAX_PAUSE_MILLIS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for a lock", e);
    }
  }
}
