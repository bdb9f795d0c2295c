// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.disk;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a file that is a raw disk only because it has no signature from getting one: whoever opens
 * it next would take what a guest wrote for an image.
 *
 * <p>A change is looked at before its first byte is written, as a whole. Those that reach where
 * signatures stand go one at a time, so that two that are harmless each do not make one together;
 * all others share.
 */
final class SignatureGuard {
  private static final Logger log = LoggerFactory.getLogger(SignatureGuard.class);

  private final Recognizer recognizer;
  private final Storage file;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  /** A guest that tries again and again shall not fill the log. */
  private final AtomicBoolean warned = new AtomicBoolean();

  /** What is done where it is allowed. */
  interface Change {
    void run() throws IOException;
  }

  SignatureGuard(Recognizer recognizer, Storage file) {
    this.recognizer = recognizer;
    this.file = file;
  }

  /** Writes {@code source} at {@code offset} by {@code change}. */
  void write(ByteBuffer source, long offset, Change change) throws IOException {
    if (!runAside(offset, offset + source.remaining(), change)) {
      runAlone(FilePreview.written(file, source, offset), change);
    }
  }

  /** Zeroes {@code [offset, end)} by {@code change}. */
  void zero(long offset, long end, Change change) throws IOException {
    if (!runAside(offset, end, change)) {
      runAlone(FilePreview.zeroed(file, offset, end), change);
    }
  }

  /** Sets the size by {@code change}; what then is the end may look like a footer. */
  void resize(long sizeBytes, Change change) throws IOException {
    runAlone(FilePreview.resized(file, sizeBytes), change);
  }

  /** Runs a change beside others; false where it reaches what a signature may stand in. */
  private boolean runAside(long offset, long end, Change change) throws IOException {
    Lock shared = lock.readLock();
    shared.lock();
    try {
      boolean aside =
          offset >= ImageFormat.PROBED_BYTES && end <= file.size() - ImageFormat.PROBED_BYTES;
      if (aside) {
        change.run();
      }
      return aside;
    } finally {
      shared.unlock();
    }
  }

  private void runAlone(FilePreview after, Change change) throws IOException {
    Lock exclusive = lock.writeLock();
    exclusive.lock();
    try {
      check(after);
      change.run();
    } finally {
      exclusive.unlock();
    }
  }

  private void check(FilePreview after) throws IOException {
    Optional<Recognizer.Match> match = recognizer.bySignature(after);
    if (match.isPresent()) {
      String format = match.get().format().name();
      String reason =
          file.name()
              + ": refused a write that would turn this raw disk into "
              + format
              + "; give it the extension .raw to allow it";
      if (!warned.getAndSet(true)) {
        log.warn("{}", reason);
      }
      throw new ImageException(ImageException.Kind.NOT_PERMITTED, reason);
    }
  }
}
