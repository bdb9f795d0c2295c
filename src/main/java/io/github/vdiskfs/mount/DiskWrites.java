// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.disk.Volume;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.mount.ImageDirectory.Disk;
import io.github.vdiskfs.posix.ErrnoException;
import io.github.vdiskfs.posix.FileStatus;
import io.github.vdiskfs.posix.Posix;
import io.github.vdiskfs.storage.FileInUseException;
import io.github.vdiskfs.storage.FileStorage;
import io.github.vdiskfs.storage.Gate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a mount adds to writing a disk: which images may be written, new images, sizes, and that
 * nothing waits in memory for longer than a second.
 */
final class DiskWrites {
  private static final Logger log = LoggerFactory.getLogger(DiskWrites.class);

  /** What a killed server loses at most. */
  private static final long FLUSH_MILLIS = 1000;

  private final Gate gate;
  private final DiskOpener opener;
  private final OpenDisks disks;
  private final @Nullable BaseImages bases;
  private final Set<Long> growing = ConcurrentHashMap.newKeySet();
  private final Flusher flusher;

  /**
   * @param bases knows which images others are based on, or null where such may be written
   */
  DiskWrites(Gate gate, DiskOpener opener, OpenDisks disks, @Nullable BaseImages bases) {
    this.gate = gate;
    this.opener = opener;
    this.disks = disks;
    this.bases = bases;
    this.flusher = new Flusher(disks::allWritten);
    flusher.start(FLUSH_MILLIS);
  }

  /** Brings everything that was written to the host's disk; a failure is logged. */
  void flushAll() {
    flusher.flushAll();
  }

  /**
   * Opens a file of the mount for writing.
   *
   * @param node the kernel's number of it
   */
  OpenDisks.Handle open(Disk file, long node) throws IOException {
    Path image = file.path();
    if (file.view() instanceof View.Snapshot) {
      throw new ImageException(
          ImageException.Kind.READ_ONLY, image + ": an internal snapshot is never written");
    }
    FileStatus status = gate.status(image);
    Optional<String> refusal = refusal(image);
    if (refusal.isPresent()) {
      throw new ImageException(ImageException.Kind.READ_ONLY, image + ": " + refusal.get());
    }
    try {
      return disks.open(new OpenVolume.Opening(file, node, true), status);
    } catch (FileInUseException e) {
      log.warn("{}: cannot be written: {}", image, e.getReason());
      throw e;
    }
  }

  /** Who keeps an image from being written; empty where nobody does, or it is open here. */
  Optional<String> conflict(Path image) {
    try {
      if (opener.mayWrite() && disks.stateOf(image).isEmpty()) {
        opener.checkWritable(image);
      }
      return Optional.empty();
    } catch (FileInUseException e) {
      return Optional.of("cannot be written: " + e.getReason());
    } catch (IOException e) {
      log.debug("{}: {}", image, e.getMessage());
      return Optional.empty();
    }
  }

  /** Why an image may not be written though it can be read; empty where it may. */
  Optional<String> refusal(Path image) throws IOException {
    if (bases == null || !opener.mayWrite()) {
      return Optional.empty();
    }
    return bases
        .childOf(gate.status(image))
        .map(child -> "read-only: " + child + " is based on it; -o write_base allows writing");
  }

  /** Makes an image and opens its disk, which grows with what is written. */
  OpenDisks.Handle create(Path image, int permissions, DiskFileSystem.Owner owner)
      throws IOException {
    opener.create(image, permissions);
    if (Posix.isRoot()) {
      try (FileStorage file = gate.openImage(image)) {
        file.setOwner(owner.uid(), owner.gid());
      }
    }
    OpenDisks.Handle handle = open(Disk.whole(image), OpenVolume.NO_NODE);
    growing.add(handle.id());
    return handle;
  }

  /**
   * Writes.
   *
   * @return bytes written: fewer than there are where the disk ends
   * @throws ErrnoException with ENOSPC where it ends before the first byte
   */
  int write(long handle, ByteBuffer source, long offset) throws IOException {
    Volume volume = disks.volume(handle);
    int bytes = source.remaining();
    if (offset + bytes > volume.size() && growing.contains(handle)) {
      grow(volume, Math.addExact(offset, bytes));
    }
    if (bytes > 0 && offset >= volume.size()) {
      throw new ErrnoException("write past the end of the disk", ErrnoException.ENOSPC);
    }
    volume.write(source, offset);
    if (bytes > 0 && source.remaining() == bytes) {
      throw new ErrnoException("write to a partition past the disk's end", ErrnoException.ENOSPC);
    }
    return bytes - source.remaining();
  }

  /** Grows to a size, unless another write did so already. */
  private static void grow(Volume volume, long least) throws IOException {
    synchronized (volume) {
      if (least > volume.size()) {
        volume.resize(least);
      }
    }
  }

  /** Changes the size; 0 discards all data and keeps it, as a block device would. */
  void truncate(long handle, long size) throws IOException {
    Volume volume = disks.volume(handle);
    if (size == 0) {
      volume.zero(0, volume.size());
    } else if (size != volume.size()) {
      volume.resize(size);
    }
  }

  /** A handle is given back: a new disk has its size now. */
  void release(long handle) {
    growing.remove(handle);
    disks.release(handle);
  }

  /** Ends the timed flushes. */
  void close() {
    flusher.close();
  }
}
