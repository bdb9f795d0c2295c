// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.disk.Slice;
import io.github.vdiskfs.disk.Volume;
import io.github.vdiskfs.mount.ImageDirectory.Disk;
import io.github.vdiskfs.posix.ErrnoException;
import io.github.vdiskfs.posix.FileStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the kernel's page cache holds of each file of the mount. */
final class CachedPages {
  /** How the kernel should cache what is read through a new handle. */
  enum Caching {
    /** What is cached is of this version of the image. */
    KEEP,
    /** What is cached may be of another version: drop it. */
    DROP,
    /** Another version or window is still open and owns the kernel's cache: stay out of it. */
    BYPASS
  }

  /**
   * The pages of one file.
   *
   * <p>A handle that drops them does so when the kernel has seen the answer to its opening. Another
   * handle may be answered, and read, before that: it must not keep what is still there. Only a
   * read through the handle that drops proves that the kernel is done.
   */
  static final class Pages {
    private final List<FileStatus> version;
    private final Window window;
    private volatile boolean clean;

    Pages(List<FileStatus> version, Window window, boolean clean) {
      this.version = version;
      this.window = window;
      this.clean = clean;
    }

    private boolean isOf(SharedDisk shared) {
      return FileStatus.sameVersions(shared.version(), version);
    }

    /** The handle that drops older ones was read through. */
    void dropped() {
      if (!clean) {
        clean = true;
      }
    }
  }

  /** Which bytes of the disk a file shows; all are alike that show all, however many there are. */
  private record Window(long start, long length) {
    static Window of(Volume volume) {
      return volume instanceof Slice
          ? new Window(volume.diskOffset(), volume.size())
          : new Window(0, Long.MAX_VALUE);
    }
  }

  private final Map<Disk, Pages> byFile = new HashMap<>();

  /** The pages of a file, where they were ever cached. */
  synchronized @Nullable Pages of(Disk file) {
    return byFile.get(file);
  }

  /**
   * How a file that is opened should be cached.
   *
   * @param open what has a handle
   */
  synchronized Caching caching(Disk file, SharedDisk shared, Volume volume, List<OpenVolume> open) {
    if (!file.path().equals(shared.path())) {
      shared.noteAlias();
      return Caching.BYPASS;
    }
    Pages pages = byFile.get(file);
    Window window = Window.of(volume);
    if (pages != null && pages.isOf(shared) && pages.window.equals(window)) {
      return pages.clean ? Caching.KEEP : Caching.DROP;
    }
    boolean owned =
        open.stream()
            .filter(other -> other.file().equals(file))
            .anyMatch(o -> o.shared() != shared || !Window.of(o.volume()).equals(window));
    if (owned) {
      return Caching.BYPASS;
    }
    byFile.put(file, new Pages(shared.version(), window, false));
    return Caching.DROP;
  }

  /**
   * A disk is opened for writing by a file. Others that show the same bytes hear of each write
   * while they are open; what is cached of those that are not open is of no use any more.
   */
  synchronized void startsWriting(Disk by, SharedDisk shared) {
    byFile
        .keySet()
        .removeIf(
            file ->
                file.path().equals(shared.path())
                    && !file.equals(by)
                    && shared.volumes().stream().noneMatch(open -> open.file().equals(file)));
  }

  /** A handle was given back: where the disk is still written by another file, see there. */
  synchronized void closed(OpenVolume volume) {
    List<OpenVolume> open = volume.shared().volumes();
    boolean last = open.stream().noneMatch(other -> other.file().equals(volume.file()));
    if (last && volume.changes() && open.stream().anyMatch(OpenVolume::isForWriting)) {
      byFile.remove(volume.file());
    }
  }

  /** A disk that was written here is closed: what is cached of it is of its version now. */
  void closedAfterWriting(SharedDisk shared, DiskOpener opener) {
    becomes(shared, versionNow(shared, opener));
  }

  private synchronized void becomes(SharedDisk shared, @Nullable List<FileStatus> now) {
    Iterator<Map.Entry<Disk, Pages>> all = byFile.entrySet().iterator();
    while (all.hasNext()) {
      Map.Entry<Disk, Pages> entry = all.next();
      if (!entry.getKey().path().equals(shared.path()) || !entry.getValue().isOf(shared)) {
        continue;
      }
      if (now == null) {
        all.remove();
      } else {
        entry.setValue(new Pages(now, entry.getValue().window, entry.getValue().clean));
      }
    }
  }

  /** Null where the kernel's pages may not be those of what now has the name. */
  private static @Nullable List<FileStatus> versionNow(SharedDisk shared, DiskOpener opener) {
    try {
      FileStatus after = opener.status(shared.path());
      // Another file may have taken the name; the kernel has nothing of that one.
      if (shared.hasAlias() || !after.sameFile(shared.version().get(0))) {
        return null;
      }
      List<FileStatus> now = new ArrayList<>(shared.version());
      now.set(0, after);
      return now;
    } catch (ErrnoException e) {
      return null;
    }
  }
}
