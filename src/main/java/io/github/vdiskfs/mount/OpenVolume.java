// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import io.github.vdiskfs.disk.Volume;
import io.github.vdiskfs.mount.ImageDirectory.Disk;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What stands behind a file handle; each handle has one of its own. */
final class OpenVolume {
  /** The kernel's number of a file that it has none for yet. */
  static final long NO_NODE = 0;

  /**
   * How a file is opened.
   *
   * @param node the kernel's number of it, or {@link #NO_NODE}
   * @param writing for writing as well
   */
  record Opening(Disk file, long node, boolean writing) {}

  private final Opening opening;
  private final SharedDisk shared;
  private final Volume volume;
  private final CachedPages.Caching caching;
  private final CachedPages.@Nullable Pages dropped;

  /**
   * @param volume the disk, or the window on it that the file was when it was opened
   * @param caching how the kernel is told to cache it
   * @param dropped what is clean as soon as somebody reads through this handle, or null
   */
  OpenVolume(
      Opening opening,
      SharedDisk shared,
      Volume volume,
      CachedPages.Caching caching,
      CachedPages.@Nullable Pages dropped) {
    this.opening = opening;
    this.shared = shared;
    this.volume = volume;
    this.caching = caching;
    this.dropped = dropped;
  }

  Disk file() {
    return opening.file();
  }

  long node() {
    return opening.node();
  }

  boolean isForWriting() {
    return opening.writing();
  }

  SharedDisk shared() {
    return shared;
  }

  Volume volume() {
    return volume;
  }

  /** The kernel reads through this handle. */
  void noteRead() {
    if (dropped != null) {
      dropped.dropped();
    }
  }

  /** The file's bytes change when the disk is written. */
  boolean changes() {
    return !(file().view() instanceof View.Snapshot);
  }

  /** What the kernel may still have as it was before {@code [start, end)} of the disk changed. */
  Optional<StalePages> staleAfter(long start, long end) {
    long offset = volume.diskOffset();
    long from = Math.max(start, offset);
    long until = Math.min(end, offset + volume.size());
    return changes() && caching != CachedPages.Caching.BYPASS && from < until
        ? Optional.of(new StalePages(node(), from - offset, until - from))
        : Optional.empty();
  }
}
