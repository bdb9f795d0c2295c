// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.disk.VirtualDisk;
import io.github.vdiskfs.posix.ErrnoException;
import io.github.vdiskfs.posix.FileStatus;
import io.github.vdiskfs.storage.FileStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table of file handles. A handle is an index and a generation, so that a stale one is refused
 * and never reaches another disk. Handles of the same version of the same image share one disk; of
 * an image that is being written there is one disk only, whatever its file's status says meanwhile.
 *
 * <p>{@link #disk} is on the way of every read: it takes no lock.
 */
final class OpenDisks {
  private static final Logger log = LoggerFactory.getLogger(OpenDisks.class);

  /** How often a file is opened that is written by others all the time. */
  private static final int MAX_ATTEMPTS = 3;

  /** A file of the host by its identity. */
  private record FileId(long device, long inode) {
    static FileId of(FileStatus status) {
      return new FileId(status.device(), status.inode());
    }
  }

  /** A disk and how many handles use it. */
  private static final class Shared {
    final Path path;
    final DiskOpener.Opened opened;
    List<FileStatus> version;
    int users;
    boolean closing;

    /** Somebody opens it for writing: from now on its locks may keep our own readers out. */
    boolean startsWriting;

    /** It was opened by another name as well, past what the kernel has cached for the path. */
    boolean hasAlias;

    Shared(Path path, DiskOpener.Opened opened) {
      this.path = path;
      this.opened = opened;
      this.version = versionOf(opened);
    }

    VirtualDisk disk() {
      return opened.disk();
    }

    FileId file() {
      return FileId.of(opened.files().get(0).status());
    }

    boolean isWritten() {
      return startsWriting || disk().isWritable();
    }

    boolean isOf(List<FileStatus> other) {
      return isWritten() || FileStatus.sameVersions(version, other);
    }
  }

  /**
   * What the kernel's page cache holds of a path.
   *
   * <p>A handle that drops the cache does so when the kernel has seen the answer to its opening.
   * Another handle may be answered, and read, before that: it must not keep what is still there.
   * Only a read through the handle that drops proves that the kernel is done.
   */
  private static final class Cached {
    final List<FileStatus> version;
    volatile boolean clean;

    Cached(List<FileStatus> version, boolean clean) {
      this.version = version;
      this.clean = clean;
    }
  }

  /**
   * A place in the table.
   *
   * @param dropped what is clean as soon as somebody reads through this handle, or null
   */
  private record Slot(int generation, @Nullable Shared shared, @Nullable Cached dropped) {}

  /** How the kernel should cache what is read through a new handle. */
  enum Caching {
    /** What is cached is of this version of the image. */
    KEEP,
    /** What is cached may be of another version: drop it. */
    DROP,
    /** Another version is still open and owns the kernel's cache: stay out of it. */
    BYPASS
  }

  /** A new handle. */
  record Handle(long id, Caching caching) {}

  private final DiskOpener opener;
  private final Map<FileId, List<Shared>> byFile = new HashMap<>();
  private final Map<Path, Cached> cachedVersion = new HashMap<>();
  private volatile Slot[] slots = new Slot[0];
  private final Openings openings = new Openings();
  private volatile long writersSeen; // changed under the lock only

  OpenDisks(DiskOpener opener) {
    this.opener = opener;
  }

  /**
   * Opens the disk of an image; the opening itself happens under no lock.
   *
   * @param path relative to SOURCE
   * @param status the image file now
   * @param writing the disk shall be writable
   */
  Handle open(Path path, FileStatus status, boolean writing) throws IOException {
    Handle handle = openForReading(path, status);
    if (writing) {
      try {
        startWriting(open(handle.id()));
      } catch (IOException | RuntimeException e) {
        release(handle.id());
        throw e;
      }
    }
    return handle;
  }

  private void startWriting(Shared shared) throws IOException {
    synchronized (this) {
      shared.startsWriting = true;
      writersSeen++;
    }
    try {
      openings.startWriting(shared.disk());
    } catch (IOException | RuntimeException e) {
      synchronized (this) {
        shared.startsWriting = false;
      }
      throw e;
    }
  }

  private Handle openForReading(Path path, FileStatus status) throws IOException {
    for (int attempt = 1; ; attempt++) {
      synchronized (this) {
        Shared written = awaitWritten(FileId.of(status));
        if (written != null) {
          return handle(path, written);
        }
      }
      openings.begin();
      try {
        Handle handle = openNew(path, attempt == MAX_ATTEMPTS);
        if (handle != null) {
          return handle;
        }
      } finally {
        openings.end();
      }
    }
  }

  /** Null where the file is just being written, and should be looked at again. */
  private @Nullable Handle openNew(Path path, boolean last) throws IOException {
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
   * A handle of an opened disk, or of one like it that is there already. Null where the file was
   * written while it was opened, so that what was read of it may be of before.
   */
  private @Nullable Handle adopt(Path path, DiskOpener.Opened opened, boolean last)
      throws IOException {
    boolean adopted = false;
    try {
      synchronized (this) {
        FileStatus status = opened.files().get(0).status();
        Shared written = awaitWritten(FileId.of(status));
        if (written != null) {
          return handle(path, written);
        }
        if (!last && !opener.status(path).sameVersion(status)) {
          return null;
        }
        Shared shared = share(path, opened);
        adopted = shared.opened.equals(opened);
        return handle(path, shared);
      }
    } finally {
      if (!adopted) {
        opened.close();
      }
    }
  }

  /** The disk of a file that is being written; one that is just closed is waited for. */
  private @Nullable Shared awaitWritten(FileId file) throws IOException {
    Shared written = written(file);
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

  private @Nullable Shared written(FileId file) {
    for (Shared shared : byFile.getOrDefault(file, List.of())) {
      if (shared.isWritten()) {
        return shared;
      }
    }
    return null;
  }

  private Shared share(Path path, DiskOpener.Opened opened) {
    List<FileStatus> version = versionOf(opened);
    List<Shared> open =
        byFile.computeIfAbsent(FileId.of(version.get(0)), file -> new ArrayList<>());
    for (Shared shared : open) {
      if (shared.isOf(version) && !shared.closing) {
        return shared;
      }
    }
    Shared shared = new Shared(path, opened);
    open.add(shared);
    return shared;
  }

  private Handle handle(Path path, Shared shared) {
    shared.users++;
    Caching caching = caching(path, shared);
    Cached dropped = caching == Caching.DROP ? cachedVersion.get(path) : null;
    return new Handle(put(shared, dropped), caching);
  }

  private Caching caching(Path path, Shared shared) {
    if (!path.equals(shared.path)) {
      shared.hasAlias = true;
      return Caching.BYPASS;
    }
    Cached cached = cachedVersion.get(path);
    if (cached != null && FileStatus.sameVersions(shared.version, cached.version)) {
      return cached.clean ? Caching.KEEP : Caching.DROP;
    }
    if (othersOpen(path, shared)) {
      return Caching.BYPASS;
    }
    cachedVersion.put(path, new Cached(shared.version, false));
    return Caching.DROP;
  }

  private boolean othersOpen(Path path, Shared shared) {
    return byFile.values().stream()
        .flatMap(Collection::stream)
        .anyMatch(other -> other != shared && other.path.equals(path));
  }

  private long put(Shared shared, @Nullable Cached dropped) {
    Slot[] now = slots;
    int index = 0;
    while (index < now.length && now[index].shared() != null) {
      index++;
    }
    Slot[] next = index < now.length ? now.clone() : Arrays.copyOf(now, now.length + 1);
    int generation = index < now.length ? now[index].generation() + 1 : 1;
    next[index] = new Slot(generation, shared, dropped);
    slots = next;
    return ((long) generation << 32) | index;
  }

  /**
   * The disk behind a handle.
   *
   * @throws StaleHandleException where the handle was released
   */
  VirtualDisk disk(long handle) throws StaleHandleException {
    return open(handle).disk();
  }

  /** As {@link #disk}, for a read by the kernel. */
  VirtualDisk diskForRead(long handle) throws StaleHandleException {
    Shared shared = open(handle);
    // The kernel gives a handle back after its last read, so that the slot is still the same.
    Cached dropped = slots[(int) handle].dropped();
    if (dropped != null && !dropped.clean) {
      dropped.clean = true;
    }
    return shared.disk();
  }

  private Shared open(long handle) throws StaleHandleException {
    Shared shared = shared(handle);
    if (shared == null) {
      throw new StaleHandleException(handle);
    }
    return shared;
  }

  private @Nullable Shared shared(long handle) {
    Slot[] now = slots;
    int index = (int) handle;
    boolean valid =
        index >= 0 && index < now.length && now[index].generation() == (int) (handle >>> 32);
    return valid ? now[index].shared() : null;
  }

  /** The state of an image that is being written, from the disk instead of the file. */
  synchronized Optional<DiskState> stateOfWritten(FileStatus status) throws IOException {
    Shared shared = awaitWritten(FileId.of(status));
    return shared == null
        ? Optional.empty()
        : Optional.of(DiskStates.describe(shared.opened, status));
  }

  /** Changes whenever a writer begins, before it takes its locks, or has ended. */
  long writersSeen() {
    return writersSeen;
  }

  /** What an image was when it was opened, for as long as a disk of it is open. */
  synchronized Optional<DiskState> stateOf(Path path) throws IOException {
    for (List<Shared> open : byFile.values()) {
      for (Shared shared : open) {
        if (shared.path.equals(path) && !shared.closing) {
          return Optional.of(DiskStates.describe(shared.opened));
        }
      }
    }
    return Optional.empty();
  }

  /**
   * Bytes of the largest disk that is still open at a path; 0 for none.
   *
   * @param now the file that stands there now, whose disks do not count
   */
  synchronized long largestReplaced(Path path, FileStatus now) {
    return byFile.entrySet().stream()
        .filter(entry -> !entry.getKey().equals(FileId.of(now)))
        .flatMap(entry -> entry.getValue().stream())
        .filter(shared -> shared.path.equals(path))
        .mapToLong(shared -> shared.disk().size())
        .max()
        .orElse(0);
  }

  /** The files of a handle's disk; none where the disk is being written or the handle is stale. */
  List<FileStorage> filesOfUnwritten(long handle) {
    Shared shared = shared(handle);
    return shared == null || shared.disk().isWritable() ? List.of() : shared.opened.files();
  }

  /** All disks that are being written. */
  synchronized List<VirtualDisk> allWritten() {
    return byFile.values().stream()
        .flatMap(Collection::stream)
        .map(Shared::disk)
        .filter(VirtualDisk::isWritable)
        .toList();
  }

  /**
   * Releases a handle; the last one closes the disk. A disk that was written stays in the table
   * until everything is on the host's disk, so that nobody reads the file before that.
   */
  void release(long handle) {
    Shared last = dropUser(handle);
    if (last != null) {
      close(last);
      forget(last);
    }
  }

  private synchronized @Nullable Shared dropUser(long handle) {
    Shared shared = shared(handle);
    if (shared == null) {
      return null;
    }
    int index = (int) handle;
    Slot[] next = slots.clone();
    next[index] = new Slot(next[index].generation(), null, null);
    slots = next;
    shared.closing = --shared.users == 0;
    return shared.closing ? shared : null;
  }

  private synchronized void forget(Shared shared) {
    List<Shared> open = byFile.getOrDefault(shared.file(), List.of());
    open.remove(shared);
    if (open.isEmpty()) {
      byFile.remove(shared.file());
    }
    if (shared.disk().isWritable()) {
      writersSeen++;
      rememberWritten(shared);
    }
    notifyAll();
  }

  /** What the kernel has cached of a disk that was written here is of its version now. */
  private void rememberWritten(Shared shared) {
    Cached before = cachedVersion.get(shared.path);
    if (before != null && FileStatus.sameVersions(before.version, shared.version)) {
      try {
        List<FileStatus> now = new ArrayList<>(shared.version);
        FileStatus after = opener.status(shared.path);
        now.set(0, after);
        // Another file may have taken the name; the kernel has nothing of that one.
        if (after.sameFile(shared.version.get(0)) && !shared.hasAlias) {
          cachedVersion.put(shared.path, new Cached(now, before.clean));
        } else {
          cachedVersion.remove(shared.path);
        }
      } catch (ErrnoException e) {
        cachedVersion.remove(shared.path);
      }
    }
  }

  private static void close(Shared shared) {
    try {
      shared.disk().close();
    } catch (IOException e) {
      log.error("{}: closing failed: {}", shared.path, e.getMessage());
    }
  }

  /** Closes every disk; no request may be under way. */
  synchronized void closeAll() {
    byFile.values().forEach(open -> open.forEach(OpenDisks::close));
    byFile.clear();
    slots = new Slot[0];
  }

  private static List<FileStatus> versionOf(DiskOpener.Opened opened) {
    return opened.files().stream().map(FileStorage::status).toList();
  }
}
