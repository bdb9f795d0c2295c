// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import io.github.vdiskfs.posix.ErrnoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many host files this process may have open, and has. What is left when many disks are open is
 * kept for short looks, so that a mount still lists and the disks that are open are served.
 */
final class OpenFileLimit {
  private static final Logger log = LoggerFactory.getLogger(OpenFileLimit.class);

  private static final Pattern LINE = Pattern.compile("(?m)^Max open files +(\\d+) ");

  private static final Path LIMITS = Path.of("/proc/self/limits");

  /** What Linux allows where nobody said anything else. */
  private static final int USUAL = 1024;

  /** Kept for looks, and for what is no image: the log, sockets, /dev/fuse. */
  private static final int LEAST_RESERVE = 64;

  private static final int MOST_RESERVE = 1024;

  private static final AtomicInteger OPEN = new AtomicInteger();

  private static final AtomicBoolean warned = new AtomicBoolean();

  /** Files that may stay open. */
  private static final int MOST = most();

  private OpenFileLimit() {}

  private static int most() {
    long limit = USUAL;
    try {
      Matcher line = LINE.matcher(Files.readString(LIMITS));
      limit = line.find() ? Long.parseLong(line.group(1)) : USUAL;
    } catch (IOException | NumberFormatException e) {
      // The usual number, then.
    }
    long reserve = Math.max(LEAST_RESERVE, Math.min(MOST_RESERVE, limit / 8));
    return (int) Math.max(0, Math.min(Integer.MAX_VALUE, limit - reserve));
  }

  /** A file was opened. */
  static void opened() {
    OPEN.incrementAndGet();
  }

  /** It was closed. */
  static void closed() {
    OPEN.decrementAndGet();
  }

  /**
   * Fails where one of the files that are open now may not stay so.
   *
   * @throws ErrnoException with EMFILE
   */
  static void checkMayStay(Path file) throws ErrnoException {
    if (OPEN.get() > MOST) {
      ErrnoException e = tooMany(file);
      if (!warned.getAndSet(true)) {
        log.warn("{}; this is told once", e.getMessage());
      }
      throw e;
    }
  }

  /** The failure to open one more. */
  static ErrnoException tooMany(Path file) {
    return new ErrnoException(
        file + ": more files than this process may have open (ulimit -n)", ErrnoException.EMFILE);
  }
}
