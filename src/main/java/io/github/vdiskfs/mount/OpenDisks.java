// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.disk.Volume;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.mount.CachedPages.Caching;
import io.github.vdiskfs.mount.ImageDirectory.Disk;
import io.github.vdiskfs.mount.OpenVolume.Opening;
import io.github.vdiskfs.posix.FileStatus;
import io.github.vdiskfs.storage.FileStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
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
   */
  Handle open(Opening opening, FileStatus status) throws IOException {
    SharedDisk shared = disks.acquire(opening.file().path(), status);
    try {
      Volume volume = shared.volume(opening.file());
      if (opening.writing()) {
        disks.startWriting(shared);
      }
      return handle(opening, shared, volume);
    } catch (IOException | RuntimeException e) {
      disks.release(shared);
      throw e;
    }
  }

  private synchronized Handle handle(Opening opening, SharedDisk shared, Volume volume)
      throws ImageException {
    if (opening.writing()) {
      checkNotNew(opening.file(), shared);
      pages.startsWriting(opening.file(), shared);
    }
    Caching caching = pages.caching(opening.file(), shared, volume, handles.all());
    CachedPages.Pages dropped = caching == Caching.DROP ? pages.of(opening.file()) : null;
    OpenVolume opened = new OpenVolume(opening, shared, volume, caching, dropped);
    shared.add(opened);
    return new Handle(handles.put(opened), caching);
  }

  /**
   * Of a file that was just made the kernel has not told its number: what it caches of it could not
   * be dropped.
   */
  private static void checkNotNew(Disk file, SharedDisk shared) throws ImageException {
    for (OpenVolume open : shared.volumes()) {
      if (open.node() == OpenVolume.NO_NODE && !open.file().equals(file)) {
        throw new ImageException(
            ImageException.Kind.LOCKED, file.path() + ": is still open by whoever made it");
      }
    }
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
    open.noteRead();
    return open.volume();
  }

  /**
   * What the kernel may have cached of other files that show the same bytes, after a change through
   * a handle.
   *
   * @param offset on the handle's volume
   * @param length bytes
   */
  List<StalePages> staleAfter(long handle, long offset, long length) {
    OpenVolume by = handles.find(handle);
    List<OpenVolume> all = by == null ? List.of() : by.shared().volumes();
    if (by == null || all.size() < 2) {
      return List.of();
    }
    long start = by.volume().diskOffset() + offset;
    long end = length > Long.MAX_VALUE - start ? Long.MAX_VALUE : start + length;
    return all.stream()
        .filter(other -> other.node() != by.node())
        .flatMap(other -> other.staleAfter(start, end).stream())
        .distinct()
        .toList();
  }

  /** The image of a handle's disk, relative to SOURCE; empty where the handle is stale. */
  Optional<Path> pathOf(long handle) {
    return Optional.ofNullable(handles.find(handle)).map(open -> open.shared().path());
  }

  /** The state of an image that is being written, from the disk instead of the file. */
  Optional<DiskState> stateOfWritten(FileStatus status) throws IOException {
    Optional<DiskState> closing = disks.closing(status).flatMap(SharedDisk::lastState);
    return closing.isPresent()
        ? closing.map(state -> state.at(status))
        : describe(disks.acquireWritten(status), status);
  }

  /** What an image was when it was opened, for as long as a disk of it is open. */
  Optional<DiskState> stateOf(Path path) throws IOException {
    return describe(disks.acquireOpen(path), null);
  }

  /** As {@link #stateOf(Path)}, for as long as the file is open. */
  Optional<DiskState> stateOf(Disk file) throws IOException {
    return describe(open(file).map(OpenVolume::shared).filter(disks::retain).findFirst(), null);
  }

  private Stream<OpenVolume> open(Disk file) {
    return handles.all().stream().filter(open -> open.file().equals(file));
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

  /** What is on the disk of an image that is being written; empty where it is not. */
  Optional<Contents> contentsOfWritten(FileStatus status) throws IOException {
    Optional<SharedDisk> written = disks.acquireWritten(status);
    try {
      return written.map(SharedDisk::contents);
    } finally {
      written.ifPresent(disks::release);
    }
  }

  /** What was known of disks that are just being closed, by the path of their image. */
  Map<Path, Contents> contentsOfClosing() {
    Map<Path, Contents> known = new HashMap<>();
    disks.closing().forEach(shared -> known.put(shared.path(), shared.knownContents()));
    return known;
  }

  /** Changes whenever a writer begins, before it takes its locks, or has ended. */
  long writersSeen() {
    return disks.writersSeen();
  }

  /** Bytes of the largest volume that is open as a file; 0 for none. */
  long largestOpen(Disk file) {
    return open(file).mapToLong(open -> open.volume().size()).max().orElse(0);
  }

  /**
   * As {@link #largestOpen}, without disks that are what stands there now.
   *
   * @param now the image file that stands there now
   */
  long largestOther(Disk file, FileStatus now) {
    boolean whole = file.view() instanceof View.Whole;
    return open(file)
        .filter(open -> !whole || !open.shared().file().equals(now.identity()))
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
  List<Flusher.Written> allWritten() {
    return disks.allWritten();
  }

  /** Releases a handle; the last one of a disk closes it. */
  void release(long handle) {
    OpenVolume open = remove(handle);
    if (open != null) {
      disks.release(open.shared());
    }
  }

  private synchronized @Nullable OpenVolume remove(long handle) {
    OpenVolume open = handles.remove(handle);
    if (open != null) {
      open.shared().remove(open);
      pages.closed(open);
    }
    return open;
  }

  /** Closes every disk; no request may be under way but those that the host does not answer. */
  void closeAll() {
    handles.clear();
    disks.closeAll();
  }
}
