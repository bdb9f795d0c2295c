// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.posix.ErrnoException;
import io.github.vdiskfs.posix.FileStatus;
import io.github.vdiskfs.storage.Gate;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The damage that requests met in images that are served otherwise. The first one of each image is
 * told in the log, and remembered until the image changes: an error number alone says little.
 */
final class Damages {
  private static final Logger log = LoggerFactory.getLogger(Damages.class);

  /** Damaged images that are remembered; of more, the log alone tells. */
  private static final int MAX_REMEMBERED = 1000;

  private record Damage(FileStatus status, String what) {}

  private final Gate gate;
  private final Cache<Path, Damage> known =
      Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).executor(Runnable::run).build();

  Damages(Gate gate) {
    this.gate = gate;
  }

  /**
   * Takes note of a failure, where it is damage.
   *
   * @param image relative to SOURCE
   */
  void met(Path image, Throwable failure) {
    if (isDamage(failure) && of(image).isEmpty()) {
      String what = "an input/output error was met: " + failure.getMessage();
      log.warn("{}: {}", image, what);
      try {
        known.put(image, new Damage(gate.status(image), what));
      } catch (ErrnoException e) {
        log.debug("{}: {}", image, e.getMessage());
      }
    }
  }

  /** What was met in an image as it is now, in words. */
  Optional<String> of(Path image) {
    Damage damage = known.getIfPresent(image);
    try {
      return damage != null && damage.status().sameVersion(gate.status(image))
          ? Optional.of(damage.what())
          : Optional.empty();
    } catch (ErrnoException e) {
      return Optional.empty();
    }
  }

  private static boolean isDamage(Throwable failure) {
    if (failure instanceof ImageException e) {
      return e.kind() == ImageException.Kind.CORRUPT || e.kind() == ImageException.Kind.INCOMPLETE;
    }
    return failure instanceof ErrnoException e && e.errno() == ErrnoException.EIO;
  }
}
