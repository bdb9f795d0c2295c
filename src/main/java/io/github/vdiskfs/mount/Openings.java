// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import io.github.vdiskfs.disk.VirtualDisk;
import io.github.vdiskfs.storage.FileInUseException;
import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;

/**
 * Openings of images that are under way here. Whoever opens an image that is open already locks its
 * files until he sees that it is shared, and may keep a writer of our own out meanwhile.
 */
final class Openings {
  /** How often a lock is asked for that others here may have; each time takes some 100 ms. */
  private static final int MAX_WRITE_ATTEMPTS = 20;

  private final LongAdder underWay = new LongAdder();
  private final LongAdder ended = new LongAdder();

  void begin() {
    underWay.increment();
  }

  void end() {
    ended.increment();
    underWay.decrement();
  }

  /**
   * Has a disk take its locks for writing, again where only openings here may have been in the way.
   */
  void startWriting(VirtualDisk disk) throws IOException {
    for (int attempt = 1; ; attempt++) {
      long before = ended.sum();
      try {
        disk.startWriting();
        return;
      } catch (IOException e) {
        boolean alone = underWay.sum() == 0 && ended.sum() == before;
        if (alone || attempt == MAX_WRITE_ATTEMPTS || !isInUse(e)) {
          throw e;
        }
      }
    }
  }

  /** True where a lock could not be had. */
  static boolean isInUse(IOException e) {
    return e instanceof FileInUseException || e.getCause() instanceof FileInUseException;
  }
}
