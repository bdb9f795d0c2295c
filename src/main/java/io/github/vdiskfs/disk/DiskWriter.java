// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.disk;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.ImageWriter;
import io.github.vdiskfs.image.ImageWriter.Placement;
import io.github.vdiskfs.image.Reservation;
import io.github.vdiskfs.storage.Storage;
import io.github.vdiskfs.storage.Zeros;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The program's only write loop and its only copy-on-write.
 *
 * <p>Bytes whose unit the top image has to itself are written in place, under a shared lock. For
 * all others, under an exclusive lock on whole units: reserve host space, complete the first and
 * the last unit with the disk's own old content (zero, compressed, shared or a backing file's: all
 * the same to it), write, publish. What fails before the last step has changed nothing.
 */
final class DiskWriter {
  /** Old content is copied in pieces of this size. */
  private static final int COPY_BYTES = 256 << 10;

  /** Tables hold at most this many changed bytes before whoever writes has to flush. */
  private static final long MAX_DIRTY_BYTES = 16 << 20;

  /** Zeroing holds its lock for no more of the disk than this at a time. */
  private static final long ZERO_STEP = 1L << 30;

  /**
   * A disk grows over bytes of its backing file by so many units at a time, each step with the
   * zeroes that hide them. Tables of a step are so small that nobody flushes amid it.
   */
  private static final long GROW_UNITS = 1 << 16;

  private static final ThreadLocal<ByteBuffer> COPY =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(COPY_BYTES));

  private final VirtualDisk disk;
  private final ImageWriter image;
  private final RangeLock locks;
  private final long unit;

  /**
   * Held while the size changes and by whoever flushes, so that a larger size becomes durable
   * together with what hides stale bytes. Never waited for with a range locked.
   */
  private final Object sizing = new Object();

  DiskWriter(VirtualDisk disk, ImageWriter image, RangeLock locks) {
    this.disk = disk;
    this.image = image;
    this.locks = locks;
    this.unit = image.unit();
  }

  /**
   * Writes {@code source} from its position to its limit.
   *
   * @param offset at least 0; the end lies within the disk
   */
  void write(ByteBuffer source, long offset) throws IOException {
    long at = offset;
    while (source.hasRemaining()) {
      at += writeInPlace(source, at);
      if (source.hasRemaining()) {
        at += writeReserved(source, at);
      }
    }
    limitDirty();
  }

  private void limitDirty() throws IOException {
    if (image.dirtyBytes() > MAX_DIRTY_BYTES) {
      flush();
    }
  }

  /** Bytes of the disk, those included that others do not see yet. */
  private long size() {
    return disk.top().size();
  }

  /** The end of a write, with its range locked: the disk may have become smaller meanwhile. */
  private long clip(long at, long end) throws IOException {
    long size = size();
    if (at >= size) {
      throw new IOException("the disk ends at " + size + ", before what was to be written");
    }
    return Math.min(end, size);
  }

  /** Writes as far as bytes go in place; returns how many did. */
  private long writeInPlace(ByteBuffer source, long offset) throws IOException {
    long at = offset;
    long lock = locks.lockShared(offset, offset + source.remaining());
    try {
      long end = clip(offset, offset + source.remaining());
      while (at < end) {
        Placement place = image.placement(at, end - at);
        if (!place.inPlace()) {
          break;
        }
        Extent target = place.target();
        put(source, place.length(), target.requireStorage(), target.hostOffset());
        at += place.length();
      }
    } finally {
      locks.unlockShared(lock);
    }
    return at - offset;
  }

  /** Writes the {@code length} next bytes of the source. */
  private static void put(ByteBuffer source, long length, Storage to, long hostOffset)
      throws IOException {
    int limit = source.limit();
    source.limit(source.position() + (int) length);
    try {
      to.write(source, hostOffset);
    } finally {
      source.limit(limit);
    }
  }

  /** Writes a first part into new host space; returns how many bytes did. */
  private long writeReserved(ByteBuffer source, long at) throws IOException {
    long start = at - at % unit;
    long end = roundUp(at + source.remaining());
    long lock = locks.lockExclusive(start, end);
    try {
      Placement place = image.placement(at, clip(at, at + source.remaining()) - at);
      if (place.inPlace()) {
        return 0;
      }
      long reservedEnd = Math.min(end, roundUp(at + place.length()));
      try (Reservation reserved = image.reserve(start, reservedEnd - start)) {
        long written = fill(reserved, source, at);
        reserved.publish();
        return written;
      }
    } finally {
      locks.unlockExclusive(lock);
      disk.mapChanged();
    }
  }

  /** Fills the reserved space with old content, the source, and old content. */
  private long fill(Reservation reserved, ByteBuffer source, long at) throws IOException {
    long start = reserved.guestOffset();
    long end = start + reserved.length();
    long written = Math.min(source.remaining(), end - at);
    keep(reserved, start, at);
    put(source, written, reserved.storage(), reserved.hostOffset() + at - start);
    keep(reserved, at + written, end);
    if (!reserved.isZeroed()) {
      long rest = reserved.hostLength() - reserved.length();
      Zeros.write(reserved.storage(), reserved.hostOffset() + reserved.length(), rest);
    }
    return written;
  }

  /** Copies the disk's own bytes of {@code [from, end)} into the reserved space. */
  private void keep(Reservation reserved, long from, long end) throws IOException {
    long at = from;
    while (at < end) {
      long hostOffset = reserved.hostOffset() + at - reserved.guestOffset();
      Located run = disk.locate(at, Math.min(COPY_BYTES, end - at));
      long length = run.extent().length();
      if (!run.extent().readsAsZero()) {
        ByteBuffer copy = COPY.get().clear().limit((int) length);
        disk.fill(copy, run);
        reserved.storage().write(copy.flip(), hostOffset);
      } else if (!reserved.isZeroed()) {
        Zeros.write(reserved.storage(), hostOffset, length);
      }
      at += length;
    }
  }

  private long roundUp(long offset) {
    long over = offset % unit;
    return over == 0 ? offset : Math.min(size(), offset - over + unit);
  }

  /** Makes {@code [offset, end)} read as zero and frees what it takes on the host. */
  void zero(long offset, long end) throws IOException {
    long at = offset;
    while (at < Math.min(end, size())) {
      long unitEnd = Math.min(size(), at - at % unit + unit);
      boolean whole = at % unit == 0 && unitEnd <= end;
      long done = whole ? skipHole(at, end) : 0;
      if (whole && done == 0) {
        done = zeroUnits(at, end);
      }
      if (done == 0) {
        done = Math.min(end, unitEnd) - at;
        overwrite(at, at + done);
      }
      at += done;
      limitDirty();
    }
  }

  /**
   * Bytes in whole units from {@code at} on that the image leaves to a backing file, which has
   * zeroes there: nothing is to be done, however large the disk is.
   */
  private long skipHole(long at, long end) throws IOException {
    if (disk.chain().size() == 1) {
      return 0;
    }
    Located run = disk.status(at, end - at);
    Extent extent = run.extent();
    boolean hole = extent.kind() == Extent.Kind.HOLE && extent.storage() == null;
    if (!hole && (run.depth() == 0 || !extent.readsAsZero())) {
      return 0;
    }
    return at + extent.length() == size() ? extent.length() : extent.length() / unit * unit;
  }

  /** Zeroes whole units from {@code at} on through the tables; returns bytes done. */
  private long zeroUnits(long at, long end) throws IOException {
    long last = end == size() ? end : end - end % unit;
    long length = Math.min(last - at, Math.max(unit, ZERO_STEP - ZERO_STEP % unit));
    long lock = locks.lockExclusive(at, at + length);
    try {
      return image.zero(at, length);
    } finally {
      locks.unlockExclusive(lock);
      disk.mapChanged();
    }
  }

  /** Writes zeroes over what does not read as zero. */
  private void overwrite(long offset, long end) throws IOException {
    long at = offset;
    while (at < Math.min(end, size())) {
      Extent extent = disk.locate(at, end - at).extent();
      if (!extent.readsAsZero()) {
        for (long done = 0; done < extent.length(); ) {
          ByteBuffer zeros = Zeros.buffer(extent.length() - done);
          int n = zeros.remaining();
          write(zeros, at + done);
          done += n;
        }
      }
      at += extent.length();
    }
  }

  /** See {@link VirtualDisk#resize}. */
  void resize(long sizeBytes) throws IOException {
    synchronized (sizing) {
      long before = disk.size();
      if (sizeBytes > before) {
        grow(before, sizeBytes);
      } else {
        changeSize(sizeBytes);
        zero(sizeBytes, size());
      }
    }
  }

  /** Nobody sees anything of the new bytes before all of them read as zero. */
  private void grow(long before, long sizeBytes) throws IOException {
    disk.show(before);
    try {
      growShown(before, sizeBytes);
    } catch (IOException e) {
      shrinkBack(before, e);
      throw e;
    }
    disk.show(Long.MAX_VALUE);
  }

  /**
   * Grows and hides stale bytes, in one step but where a backing file goes on for long: a crash
   * between two steps leaves a disk of a size in between, with zeroes to its end.
   */
  private void growShown(long before, long sizeBytes) throws IOException {
    image.checkSize(sizeBytes);
    long stale = disk.endOfStale(before);
    for (long at = before; at < sizeBytes; at = size()) {
      if (image.dirtyBytes() > MAX_DIRTY_BYTES / 2) {
        image.flush();
      }
      long step = at - at % unit + GROW_UNITS * unit;
      changeSize(step < Math.min(stale, sizeBytes) ? step : sizeBytes);
      zero(at, Math.min(size(), stale));
    }
  }

  /** After a growth that failed; where this fails too, the new bytes are never shown. */
  private void shrinkBack(long before, IOException reason) {
    try {
      if (size() > before) {
        changeSize(before);
      }
      disk.show(Long.MAX_VALUE);
    } catch (IOException e) {
      reason.addSuppressed(e);
    }
  }

  private void changeSize(long sizeBytes) throws IOException {
    long lock = locks.lockExclusive(0, Long.MAX_VALUE);
    try {
      image.resize(sizeBytes);
    } finally {
      locks.unlockExclusive(lock);
      disk.mapChanged();
    }
  }

  /** See {@link ImageWriter#flush}. */
  void flush() throws IOException {
    synchronized (sizing) {
      image.flush();
    }
  }

  /** See {@link ImageWriter#dirtyBytes}. */
  long dirtyBytes() {
    return image.dirtyBytes();
  }

  /** Writes changed tables to the host, where there are any. */
  void flushTables() throws IOException {
    if (image.dirtyBytes() > 0) {
      flush();
    }
  }

  /** See {@link ImageWriter#finish}. Whatever it throws, the files are to be closed behind it. */
  void finish() throws IOException {
    try {
      image.finish();
    } catch (RuntimeException | Error e) {
      throw new IOException(e.toString(), e);
    }
  }
}
