// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.posix.FileStatus;
import io.github.vdiskfs.posix.FileStatus.Identity;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The disks that are open, each with the number of its users. Of a version of an image there is one
 * disk; of an image that is being written there is one only, whatever its file's status says
 * meanwhile. Opening and closing happen under no lock.
 */
final class SharedDisks {
  private static final Logger log = LoggerFactory.getLogger(SharedDisks.class);

  /** How often a file is opened that is written by others all the time. */
  private static final int MAX_ATTEMPTS = 3;

  /** How long the host may take to close what was only read. */
  private static final int CLOSE_SECONDS = 10;

  /** How long it may take for the last writes, which are lost otherwise. */
  private static final int LAST_WRITES_SECONDS = 600;

  /** A disk's place in the table. */
  private static final class Entry {
    final SharedDisk shared;
    int users;
    boolean closing;

    Entry(SharedDisk shared) {
      this.shared = shared;
    }
  }

  private final DiskOpener opener;
  private final Consumer<SharedDisk> closedAfterWriting;
  private final Map<Identity, List<Entry>> byFile = new HashMap<>();
  private final Openings openings = new Openings();
  private volatile long writersSeen; // changed under the lock only

  /**
   * @param closedAfterWriting hears of a disk that was written, before its file is opened again
   */
  SharedDisks(DiskOpener opener, Consumer<SharedDisk> closedAfterWriting) {
    this.opener = opener;
    this.closedAfterWriting = closedAfterWriting;
  }

  /**
   * The disk of an image, with one more user.
   *
   * @param path relative to SOURCE
   * @param status the image file now
   */
  SharedDisk acquire(Path path, FileStatus status) throws IOException {
    for (int attempt = 1; ; attempt++) {
      Optional<SharedDisk> written = acquireWritten(status);
      if (written.isPresent()) {
        return written.get();
      }
      openings.begin();
      try {
        SharedDisk opened = openNew(path, attempt == MAX_ATTEMPTS);
        if (opened != null) {
          return opened;
        }
      } finally {
        openings.end();
      }
    }
  }

  /** The disk of an image that is being written, with one more user; empty where it is not. */
  synchronized Optional<SharedDisk> acquireWritten(FileStatus status) throws IOException {
    Entry written = awaitWritten(status.identity());
    if (written == null) {
      return Optional.empty();
    }
    written.users++;
    return Optional.of(written.shared);
  }

  /** The disk of an image that was written and is just being closed; empty where there is none. */
  synchronized Optional<SharedDisk> closing(FileStatus status) {
    return Optional.ofNullable(written(status.identity()))
        .filter(entry -> entry.closing)
        .map(entry -> entry.shared);
  }

  /** Null where the file is just being written, and should be looked at again. */
  private @Nullable SharedDisk openNew(Path path, boolean last) throws IOException {
    DiskOpener.Opened opened;
    try {
      opened = opener.open(path);
    } catch (IOException e) {
      // It may be a writer of our own that came meanwhile: then its disk is shared.
      if (last || !Openings.isInUse(e)) {
        throw e;
      }
      return null;
    }
    return adopt(path, opened, last);
  }

  /**
   * An opened disk, or one like it that is there already. Null where the file was written while it
   * was opened, so that what was read of it may be of before.
   */
  private @Nullable SharedDisk adopt(Path path, DiskOpener.Opened opened, boolean last)
      throws IOException {
    boolean adopted = false;
    try {
      FileStatus status = opened.files().get(0).status();
      long writers = writersSeen;
      // Under no lock: the host may not answer.
      boolean changed = !last && !opener.status(path).sameVersion(status);
      synchronized (this) {
        Entry entry = awaitWritten(status.identity());
        if (entry == null) {
          if (changed || (!last && writersSeen != writers)) {
            return null;
          }
          entry = entryFor(path, opened);
          adopted = entry.shared.opened().equals(opened);
        }
        entry.users++;
        return entry.shared;
      }
    } finally {
      if (!adopted) {
        opened.close();
      }
    }
  }

  private Entry entryFor(Path path, DiskOpener.Opened opened) {
    List<FileStatus> version = SharedDisk.versionOf(opened);
    List<Entry> open = byFile.computeIfAbsent(version.get(0).identity(), file -> new ArrayList<>());
    for (Entry entry : open) {
      if (entry.shared.isOf(version) && !entry.closing) {
        return entry;
      }
    }
    Entry entry = new Entry(new SharedDisk(path, opened));
    open.add(entry);
    return entry;
  }

  /** The disk of a file that is being written; one that is just closed is waited for. */
  private @Nullable Entry awaitWritten(Identity file) throws IOException {
    Entry written = written(file);
    while (written != null && written.closing) {
      try {
        wait();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while the image was closed", e);
      }
      written = written(file);
    }
    return written;
  }

  private @Nullable Entry written(Identity file) {
    for (Entry entry : byFile.getOrDefault(file, List.of())) {
      if (entry.shared.isWritten()) {
        return entry;
      }
    }
    return null;
  }

  /** Makes a disk writable that the caller is a user of. */
  void startWriting(SharedDisk shared) throws IOException {
    synchronized (this) {
      shared.startsWriting(true);
      writersSeen++;
    }
    try {
      openings.startWriting(shared.disk());
    } catch (IOException | RuntimeException e) {
      shared.startsWriting(false);
      throw e;
    }
  }

  /** Changes whenever a writer begins, before it takes its locks, or has ended. */
  long writersSeen() {
    return writersSeen;
  }

  /** Makes the caller a user of a disk as well; false where it is closed or just being closed. */
  synchronized boolean retain(SharedDisk shared) {
    Optional<Entry> open = entries().filter(e -> e.shared == shared && !e.closing).findFirst();
    open.ifPresent(entry -> entry.users++);
    return open.isPresent();
  }

  /** A disk that is open by a path, with one more user; empty where none is. */
  synchronized Optional<SharedDisk> acquireOpen(Path path) {
    Optional<Entry> open =
        entries().filter(e -> e.shared.path().equals(path) && !e.closing).findFirst();
    open.ifPresent(entry -> entry.users++);
    return open.map(entry -> entry.shared);
  }

  private Stream<Entry> entries() {
    return byFile.values().stream().flatMap(Collection::stream);
  }

  /** Disks that are just being closed, which takes as long as the host needs for what is left. */
  synchronized List<SharedDisk> closing() {
    return entries().filter(entry -> entry.closing).map(entry -> entry.shared).toList();
  }

  /** All disks that are being written, those included that are just being closed. */
  synchronized List<Flusher.Written> allWritten() {
    return entries()
        .map(e -> new Flusher.Written(e.shared.path(), e.shared.disk()))
        .filter(written -> written.disk().isWritable())
        .toList();
  }

  /**
   * Takes a user away; the last one closes the disk. A disk that was written stays in the table
   * until everything is on the host's disk, so that nobody reads the file before that.
   */
  void release(SharedDisk shared) {
    if (shared.disk().isWritable()) {
      shared.rememberState();
    }
    if (dropUser(shared)) {
      try {
        close(shared);
        if (shared.disk().isWritable()) {
          closedAfterWriting.accept(shared);
        }
      } finally {
        // Or whoever opens the file would wait for ever.
        forget(shared);
      }
    }
  }

  /** True where that was the last one. */
  private synchronized boolean dropUser(SharedDisk shared) {
    for (Entry entry : byFile.getOrDefault(shared.file(), List.of())) {
      if (entry.shared == shared) {
        entry.closing = --entry.users == 0;
        return entry.closing;
      }
    }
    return false;
  }

  private synchronized void forget(SharedDisk shared) {
    List<Entry> open = byFile.getOrDefault(shared.file(), new ArrayList<>());
    open.removeIf(entry -> entry.shared == shared);
    if (open.isEmpty()) {
      byFile.remove(shared.file());
    }
    if (shared.disk().isWritable()) {
      writersSeen++;
    }
    notifyAll();
  }

  private static void close(SharedDisk shared) {
    try {
      shared.disk().close();
    } catch (IOException | RuntimeException e) {
      log.error("{}: closing failed: {}", shared.path(), e.getMessage());
    }
  }

  /**
   * Closes every disk, and waits for those that their last users are just closing; no request may
   * be under way but such, and those that the host does not answer.
   */
  void closeAll() {
    long start = System.nanoTime();
    Map<Boolean, List<SharedDisk>> all =
        takeAll().stream().collect(Collectors.partitioningBy(shared -> shared.disk().isWritable()));
    boolean closed =
        SideBySide.run(all.getOrDefault(true, List.of()), SharedDisks::close, LAST_WRITES_SECONDS);
    closed &= SideBySide.run(all.getOrDefault(false, List.of()), SharedDisks::close, CLOSE_SECONDS);
    if (!awaitClosing(start) || !closed) {
      log.error("not all disks could be closed: the host does not answer");
    }
  }

  /** The disks that nobody closes yet; they are not in the table any more. */
  private synchronized List<SharedDisk> takeAll() {
    List<SharedDisk> all = entries().filter(e -> !e.closing).map(e -> e.shared).toList();
    byFile.values().forEach(open -> open.removeIf(entry -> !entry.closing));
    return all;
  }

  /** False where the last users of some disks are still closing them at the end of their time. */
  private synchronized boolean awaitClosing(long start) {
    try {
      for (List<SharedDisk> left = closing(); !left.isEmpty(); left = closing()) {
        boolean written = left.stream().anyMatch(shared -> shared.disk().isWritable());
        int seconds = written ? LAST_WRITES_SECONDS : CLOSE_SECONDS;
        long nanos = start + TimeUnit.SECONDS.toNanos(seconds) - System.nanoTime();
        if (nanos <= 0) {
          return false;
        }
        TimeUnit.NANOSECONDS.timedWait(this, nanos);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
