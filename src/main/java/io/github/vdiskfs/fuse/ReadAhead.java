// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

import io.github.vdiskfs.posix.FileStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kernel's read-ahead of a mount. A FUSE server may only lower it; the device's file in sysfs,
 * which root may write, raises it.
 */
final class ReadAhead {
  private static final Logger log = LoggerFactory.getLogger(ReadAhead.class);

  /** Enough for sixteen full requests under way. */
  private static final int KIB = 4096;

  private ReadAhead() {}

  /** Raises the read-ahead of the mounted file system that {@code root} is the status of. */
  static void raise(FileStatus root) {
    Path knob = Path.of("/sys/class/bdi/" + root.major() + ":" + root.minor() + "/read_ahead_kb");
    try {
      Files.writeString(knob, KIB + "\n");
    } catch (IOException e) {
      log.info("read-ahead stays at the kernel's default: {}", e.getMessage());
    }
  }
}
