// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.disk.VirtualDisk;
import io.github.vdiskfs.posix.FileStatus;
import io.github.vdiskfs.storage.FileStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table of file handles. A handle is an index and a generation, so that a stale one is refused
 * and never reaches another disk. Handles of the same version of the same image share one disk.
 *
 * <p>{@link #disk} is on the way of every read: it takes no lock.
 */
final class OpenDisks {
  private static final Logger log = LoggerFactory.getLogger(OpenDisks.class);

  /** A disk and how many handles use it. */
  private static final class Shared {
    final Path path;
    final VirtualDisk disk;
    final List<FileStatus> version;
    int users;

    Shared(Path path, DiskOpener.Opened opened) {
      this.path = path;
      this.disk = opened.disk();
      this.version = versionOf(opened);
    }

    boolean hasVersion(List<FileStatus> other) {
      return sameVersion(version, other);
    }
  }

  private record Slot(int generation, @Nullable Shared shared) {}

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
  private final Map<Path, List<Shared>> byPath = new HashMap<>();
  private final Map<Path, List<FileStatus>> cachedVersion = new HashMap<>();
  private volatile Slot[] slots = new Slot[0];

  OpenDisks(DiskOpener opener) {
    this.opener = opener;
  }

  /**
   * Opens the disk of an image; the opening itself happens under no lock.
   *
   * @param path relative to SOURCE
   */
  Handle open(Path path) throws IOException {
    DiskOpener.Opened opened = opener.open(path);
    boolean adopted = false;
    try {
      Handle handle;
      synchronized (this) {
        Shared shared = share(path, opened);
        adopted = shared.disk.equals(opened.disk());
        handle = new Handle(put(shared), caching(shared));
      }
      return handle;
    } finally {
      if (!adopted) {
        opened.close();
      }
    }
  }

  private Shared share(Path path, DiskOpener.Opened opened) {
    List<FileStatus> version = versionOf(opened);
    List<Shared> open = byPath.computeIfAbsent(path, p -> new ArrayList<>());
    for (Shared shared : open) {
      if (shared.hasVersion(version)) {
        shared.users++;
        return shared;
      }
    }
    Shared shared = new Shared(path, opened);
    shared.users = 1;
    open.add(shared);
    return shared;
  }

  private Caching caching(Shared shared) {
    List<Shared> open = byPath.getOrDefault(shared.path, List.of());
    List<FileStatus> cached = cachedVersion.get(shared.path);
    if (cached != null && shared.hasVersion(cached)) {
      return Caching.KEEP;
    }
    if (open.size() > 1) {
      return Caching.BYPASS;
    }
    cachedVersion.put(shared.path, shared.version);
    return Caching.DROP;
  }

  private long put(Shared shared) {
    Slot[] now = slots;
    int index = 0;
    while (index < now.length && now[index].shared() != null) {
      index++;
    }
    Slot[] next = index < now.length ? now.clone() : Arrays.copyOf(now, now.length + 1);
    int generation = index < now.length ? now[index].generation() + 1 : 1;
    next[index] = new Slot(generation, shared);
    slots = next;
    return ((long) generation << 32) | index;
  }

  /**
   * The disk behind a handle.
   *
   * @throws StaleHandleException where the handle was released
   */
  VirtualDisk disk(long handle) throws StaleHandleException {
    Slot[] now = slots;
    int index = (int) handle;
    if (index >= 0 && index < now.length && now[index].generation() == (int) (handle >>> 32)) {
      Shared shared = now[index].shared();
      if (shared != null) {
        return shared.disk;
      }
    }
    throw new StaleHandleException(handle);
  }

  /** Releases a handle; the last one closes the disk. */
  void release(long handle) {
    Shared closing = null;
    synchronized (this) {
      int index = (int) handle;
      Slot[] now = slots;
      if (index < 0 || index >= now.length || now[index].generation() != (int) (handle >>> 32)) {
        return;
      }
      Shared shared = now[index].shared();
      if (shared == null) {
        return;
      }
      Slot[] next = now.clone();
      next[index] = new Slot(now[index].generation(), null);
      slots = next;
      if (--shared.users == 0) {
        forget(shared);
        closing = shared;
      }
    }
    if (closing != null) {
      close(closing);
    }
  }

  private void forget(Shared shared) {
    List<Shared> open = byPath.getOrDefault(shared.path, List.of());
    open.remove(shared);
    if (open.isEmpty()) {
      byPath.remove(shared.path);
    }
  }

  private static void close(Shared shared) {
    try {
      shared.disk.close();
    } catch (IOException e) {
      log.warn("{}: closing failed: {}", shared.path, e.getMessage());
    }
  }

  /** Closes every disk; no request may be under way. */
  synchronized void closeAll() {
    byPath.values().forEach(open -> open.forEach(OpenDisks::close));
    byPath.clear();
    slots = new Slot[0];
  }

  private static List<FileStatus> versionOf(DiskOpener.Opened opened) {
    return opened.files().stream().map(FileStorage::status).toList();
  }

  private static boolean sameVersion(List<FileStatus> a, List<FileStatus> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!a.get(i).sameVersion(b.get(i))) {
        return false;
      }
    }
    return true;
  }
}
