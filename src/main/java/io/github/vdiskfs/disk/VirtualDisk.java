// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.disk;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Extent.Kind;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import io.github.vdiskfs.storage.Zeros;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A virtual disk: a chain of images, of which each leaves what it does not store to the next. Safe
 * for any number of threads; {@link #close} comes after the last call.
 */
public final class VirtualDisk implements Volume, Closeable {
  private final List<Image> chain;
  private final Image[] layers;
  private final ClusterCache clusters;
  private final DecodeAhead ahead;
  private final @Nullable RangeLock locks;
  private final @Nullable SignatureGuard guard;
  private volatile @Nullable DiskWriter writer;
  private final Map<String, VirtualDisk> snapshots = new HashMap<>();
  private volatile Run lastRun = NO_RUN;
  private volatile ChangeListener listener = (start, end) -> {};

  /** Bytes that others see of a disk that grows: behind them there may still be stale ones. */
  private volatile long shownBytes = Long.MAX_VALUE;

  /**
   * The most extents that one seek looks at: some milliseconds. The kernel holds the file's lock
   * meanwhile, and an image can say of a petabyte that every second sector is a hole.
   */
  static final int MAX_SEEK_EXTENTS = 1 << 14;

  /** How much of a hole is called data where a seek ends early. */
  private static final int CALLED_DATA_BYTES = 4096;

  /** Guest offsets {@code start} to {@code end - 1} are data, or were called so. */
  private record Run(long start, long end) {}

  private static final Run NO_RUN = new Run(0, 0);

  /**
   * @param chain the images, the top one first; the disk closes them
   * @param mayBeWritten false where {@link #startWriting} will never be called
   * @param guard looks at every change beforehand, or null
   */
  VirtualDisk(
      List<Image> chain,
      ClusterCache clusters,
      boolean mayBeWritten,
      @Nullable SignatureGuard guard) {
    this.guard = guard;
    this.chain = List.copyOf(chain);
    this.layers = chain.toArray(new Image[0]);
    this.clusters = clusters;
    this.ahead = new DecodeAhead(this, clusters);
    this.locks = mayBeWritten ? new RangeLock(layers[0].info().unitSize()) : null;
  }

  @Override
  public long size() {
    return Math.min(layers[0].size(), shownBytes);
  }

  /** Shows no more of the disk than these bytes, whatever the size of the top image. */
  void show(long bytes) {
    shownBytes = bytes;
  }

  @Override
  public long diskOffset() {
    return 0;
  }

  /** Hears of every range whose bytes were changed, after the change, on the thread that did it. */
  public interface ChangeListener {
    /** Guest bytes {@code [start, end)} may be others now. */
    void changed(long start, long end);
  }

  /** Has one listener told of changes, instead of the one before. */
  public void onChange(ChangeListener told) {
    listener = told;
  }

  /**
   * An internal snapshot as a disk of its own: read-only, with this disk's files and caches. It
   * ends with this disk and is not closed by itself; a writer of this disk leaves it alone.
   *
   * @param nameOrId as {@code qemu-img snapshot -l} lists it
   * @throws ImageException of kind {@code NOT_FOUND} where there is none
   */
  public synchronized VirtualDisk snapshot(String nameOrId) throws IOException {
    VirtualDisk known = snapshots.get(nameOrId);
    if (known == null) {
      List<Image> images = new ArrayList<>(chain);
      images.set(0, layers[0].snapshot(nameOrId));
      known = new VirtualDisk(images, clusters, false, null);
      snapshots.put(nameOrId, known);
    }
    return known;
  }

  /** The images that the disk consists of, the top one first. */
  public List<Image> chain() {
    return chain;
  }

  /** The top image. */
  public Image top() {
    return layers[0];
  }

  @Override
  public void read(ByteBuffer target, long offset) throws IOException {
    RangeLock shared = locks;
    if (shared == null) {
      readUnlocked(target, offset);
      return;
    }
    long lock = shared.lockShared(offset, offset + target.remaining());
    try {
      readUnlocked(target, offset);
    } finally {
      shared.unlockShared(lock);
    }
  }

  private void readUnlocked(ByteBuffer target, long offset) throws IOException {
    int limit = target.limit();
    long end = Math.min(size(), offset + target.remaining());
    long at = offset;
    boolean packed = false;
    while (at < end) {
      Located run = locate(at, end - at);
      packed |= run.extent().kind() == Kind.COMPRESSED;
      int length = (int) run.extent().length();
      target.limit(target.position() + length);
      fill(target, run);
      at += length;
    }
    target.limit(limit);
    if (packed) {
      ahead.afterRead(offset, end);
    }
  }

  /** Fills {@code target} to its limit with the bytes of a run as long as that. */
  void fill(ByteBuffer target, Located run) throws IOException {
    Extent extent = run.extent();
    switch (extent.kind()) {
      case DATA, FLAT -> extent.requireStorage().read(target, extent.hostOffset());
      case ZERO, HOLE -> Zeros.fill(target, target.remaining());
      case COMPRESSED -> clusters.read(run.image(), extent, target);
      case BACKING -> throw new IllegalStateException("unresolved " + extent);
    }
  }

  /**
   * The walker: where the bytes from {@code offset} on live.
   *
   * @param offset 0 to {@code size() - 1}
   * @param length at least 1; the answer is clipped to it and to the end of the disk
   */
  public Located locate(long offset, long length) throws IOException {
    long want = Math.min(length, layers[0].size() - offset);
    for (int depth = 0; ; depth++) {
      Image image = layers[depth];
      Extent extent = image.map(offset, want);
      if (extent.kind() != Kind.BACKING) {
        return new Located(depth, image, extent);
      }
      want = extent.length();
      if (depth + 1 == layers.length || offset >= layers[depth + 1].size()) {
        return new Located(depth, image, extent.toHole());
      }
      want = Math.min(want, layers[depth + 1].size() - offset);
    }
  }

  /**
   * As {@link #locate}, with flat data split into what the host file stores and its holes; those
   * come as {@code ZERO} with their host offset. This is what hole seeking and maps look at.
   */
  public Located status(long offset, long length) throws IOException {
    return split(locate(offset, length));
  }

  /** A run with flat data clipped to what is of one kind in the host file. */
  static Located split(Located run) throws IOException {
    return run.extent().kind() == Kind.FLAT
        ? new Located(run.depth(), run.image(), splitFlat(run.extent()))
        : run;
  }

  private static Extent splitFlat(Extent flat) throws IOException {
    Storage storage = flat.requireStorage();
    long start = flat.hostOffset();
    long data = start < storage.size() ? storage.nextData(start) : Long.MAX_VALUE;
    if (data > start) {
      return Extent.zero(storage, start, Math.min(flat.length(), data - start));
    }
    return flat.clip(Math.max(1, storage.nextHole(start) - start));
  }

  /**
   * The first offset at or after {@code offset} that is not a hole, or -1 where none follows. After
   * {@value #MAX_SEEK_EXTENTS} holes a little of the next one is called data: it reads as zeroes,
   * and the next seek goes on behind it.
   */
  @Override
  public long seekData(long offset) throws IOException {
    int looks = 0;
    // The size is asked for each time: behind the end of a disk that was cut off there is nothing.
    for (long at = offset; at < size(); looks++) {
      Run known = lastRun;
      if (known.start <= at && at < known.end) {
        return at;
      }
      Extent extent = status(at, size() - at).extent();
      if (!extent.readsAsZero()) {
        return at;
      }
      if (looks == MAX_SEEK_EXTENTS) {
        lastRun = new Run(at, at + Math.min(extent.length(), CALLED_DATA_BYTES));
        return at;
      }
      at += extent.length();
    }
    return -1;
  }

  /**
   * The first offset at or after {@code offset} that is a hole, or the size of the disk. After
   * {@value #MAX_SEEK_EXTENTS} extents of data it may be an offset of more data, never {@code
   * offset} itself: a hole of no length, since {@link #seekData} finds the data right there and
   * every tool asks it where a hole ends.
   */
  @Override
  public long seekHole(long offset) throws IOException {
    Run known = lastRun;
    boolean inside = known.start <= offset && offset < known.end;
    long at = inside ? known.end : offset;
    for (int looks = 0; at < size() && looks < MAX_SEEK_EXTENTS; looks++) {
      Extent extent = status(at, size() - at).extent();
      if (extent.readsAsZero()) {
        break;
      }
      at += extent.length();
    }
    if (at > offset) {
      lastRun = new Run(inside ? known.start : offset, at);
    }
    return at;
  }

  /**
   * Opens the top image for writing, where it is not yet.
   *
   * @throws IOException where it cannot be written
   */
  public synchronized void startWriting() throws IOException {
    if (locks == null) {
      throw new ImageException(ImageException.Kind.READ_ONLY, "the disk is open for reading only");
    }
    if (writer == null) {
      writer = new DiskWriter(this, layers[0].writer(), locks);
    }
  }

  /** True after {@link #startWriting}. */
  public boolean isWritable() {
    return writer != null;
  }

  private DiskWriter writer() throws ImageException {
    DiskWriter now = writer;
    if (now == null) {
      throw new ImageException(ImageException.Kind.READ_ONLY, "the disk is open for reading only");
    }
    return now;
  }

  @Override
  public void write(ByteBuffer source, long offset) throws IOException {
    int limit = Clip.toVolume(source, offset, size());
    int length = source.remaining();
    try {
      DiskWriter to = writer();
      if (guard == null) {
        to.write(source, offset);
      } else {
        guard.write(source, offset, () -> to.write(source, offset));
      }
    } finally {
      source.limit(limit);
      listener.changed(offset, offset + length);
    }
  }

  @Override
  public void zero(long offset, long length) throws IOException {
    long size = size();
    long start = Math.min(offset, size);
    long end = length > size - offset ? size : offset + length;
    DiskWriter to = writer();
    try {
      if (guard == null) {
        to.zero(start, end);
      } else {
        guard.zero(start, end, () -> to.zero(start, end));
      }
    } finally {
      listener.changed(start, end);
    }
  }

  /**
   * {@inheritDoc} It is rounded up where the image counts in sectors; what is new, or lies behind
   * {@code sizeBytes}, reads as zero.
   */
  @Override
  public void resize(long sizeBytes) throws IOException {
    if (guard == null) {
      writer().resize(sizeBytes);
    } else {
      guard.resize(sizeBytes, () -> writer().resize(sizeBytes));
    }
    listener.changed(0, Long.MAX_VALUE);
  }

  /** Behind the old end there may be bytes of its last unit, or of a longer backing file. */
  long endOfStale(long oldEnd) {
    long unit = Math.max(1, top().info().unitSize());
    long unitEnd = Math.addExact(oldEnd, unit - 1) / unit * unit;
    return layers.length == 1 ? unitEnd : Math.max(unitEnd, layers[1].size());
  }

  @Override
  public void flush() throws IOException {
    DiskWriter now = writer;
    if (now != null) {
      now.flush();
    }
  }

  @Override
  public void flushTables() throws IOException {
    DiskWriter now = writer;
    if (now != null) {
      now.flushTables();
    }
  }

  /** Bytes of tables that {@link #flushTables} would write; 0 where there is nothing to do. */
  public long dirtyBytes() {
    DiskWriter now = writer;
    return now == null ? 0 : now.dirtyBytes();
  }

  /** The map changed: what was found out about it is forgotten. */
  void mapChanged() {
    lastRun = NO_RUN;
  }

  @Override
  public void close() throws IOException {
    ahead.close();
    snapshots.values().forEach(snapshot -> snapshot.ahead.close());
    IOException failure = null;
    DiskWriter now = writer;
    if (now != null) {
      try {
        now.finish();
      } catch (IOException e) {
        failure = e;
      }
    }
    for (Image image : layers) {
      try {
        image.close();
      } catch (IOException e) {
        failure = failure == null ? e : failure;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
