// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.disk.VirtualDisk;
import io.github.vdiskfs.disk.Volume;
import io.github.vdiskfs.mount.CachedPages.Caching;
import io.github.vdiskfs.mount.ImageDirectory.Disk;
import io.github.vdiskfs.posix.FileStatus;
import io.github.vdiskfs.storage.FileStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The files of the mount that are open: handles, the disks behind them, and what the kernel may
 * keep of them in its page cache.
 *
 * <p>{@link #volume} is on the way of every read: it takes no lock.
 */
final class OpenDisks {
  /** A new handle. */
  record Handle(long id, Caching caching) {}

  private final HandleTable handles = new HandleTable();
  private final CachedPages pages = new CachedPages();
  private final SharedDisks disks;

  OpenDisks(DiskOpener opener) {
    this.disks = new SharedDisks(opener, shared -> pages.closedAfterWriting(shared, opener));
  }

  /**
   * Opens a file of the mount.
   *
   * @param status the image file now
   * @param writing the disk shall be writable
   */
  Handle open(Disk file, FileStatus status, boolean writing) throws IOException {
    SharedDisk shared = disks.acquire(file.path(), status);
    try {
      if (writing) {
        disks.startWriting(shared);
      }
      return handle(file, shared);
    } catch (IOException | RuntimeException e) {
      disks.release(shared);
      throw e;
    }
  }

  private synchronized Handle handle(Disk file, SharedDisk shared) {
    Caching caching = pages.caching(file, shared, handles.all());
    CachedPages.Pages dropped = caching == Caching.DROP ? pages.of(file) : null;
    OpenVolume opened = new OpenVolume(file, shared, shared.disk(), caching, dropped);
    return new Handle(handles.put(opened), caching);
  }

  /**
   * The volume behind a handle.
   *
   * @throws StaleHandleException where the handle was released
   */
  Volume volume(long handle) throws StaleHandleException {
    return handles.get(handle).volume();
  }

  /** As {@link #volume}, for a read by the kernel. */
  Volume volumeForRead(long handle) throws StaleHandleException {
    OpenVolume open = handles.get(handle);
    CachedPages.Pages dropped = open.dropped();
    if (dropped != null) {
      dropped.dropped();
    }
    return open.volume();
  }

  /** The state of an image that is being written, from the disk instead of the file. */
  Optional<DiskState> stateOfWritten(FileStatus status) throws IOException {
    return describe(disks.acquireWritten(status), status);
  }

  /** Changes whenever a writer begins, before it takes its locks, or has ended. */
  long writersSeen() {
    return disks.writersSeen();
  }

  /** What an image was when it was opened, for as long as a disk of it is open. */
  Optional<DiskState> stateOf(Path path) throws IOException {
    return describe(disks.acquireOpen(path), null);
  }

  /** The state of a disk, whose user ends to be one. */
  private Optional<DiskState> describe(Optional<SharedDisk> acquired, @Nullable FileStatus status)
      throws IOException {
    if (acquired.isEmpty()) {
      return Optional.empty();
    }
    SharedDisk shared = acquired.get();
    try {
      FileStatus file = status == null ? shared.version().get(0) : status;
      return Optional.of(DiskStates.describe(shared.opened(), file));
    } finally {
      disks.release(shared);
    }
  }

  /**
   * Bytes of the largest volume that is still open as a file, of another image file than now.
   *
   * @param now the image file that stands there now
   */
  long largestReplaced(Disk file, FileStatus now) {
    return handles.all().stream()
        .filter(open -> open.file().equals(file) && !open.shared().file().equals(now.identity()))
        .mapToLong(open -> open.volume().size())
        .max()
        .orElse(0);
  }

  /** The files of a handle's disk; none where the disk is being written or the handle is stale. */
  List<FileStorage> filesOfUnwritten(long handle) {
    OpenVolume open = handles.find(handle);
    return open == null || open.shared().disk().isWritable()
        ? List.of()
        : open.shared().opened().files();
  }

  /** All disks that are being written. */
  List<VirtualDisk> allWritten() {
    return disks.allWritten();
  }

  /** Releases a handle; the last one of a disk closes it. */
  void release(long handle) {
    OpenVolume open = handles.remove(handle);
    if (open != null) {
      disks.release(open.shared());
    }
  }

  /** Closes every disk; no request may be under way. */
  void closeAll() {
    handles.clear();
    disks.closeAll();
  }
}
