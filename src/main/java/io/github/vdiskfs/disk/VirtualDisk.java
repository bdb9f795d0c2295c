// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.disk;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Extent.Kind;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.storage.Storage;
import io.github.vdiskfs.storage.Zeros;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * A virtual disk: a chain of images, of which each leaves what it does not store to the next. Safe
 * for any number of threads; {@link #close} comes after the last call.
 */
public final class VirtualDisk implements Closeable {
  private final List<Image> chain;
  private final Image[] layers;
  private final long size;
  private final ClusterCache clusters;
  private final DecodeAhead ahead;
  private volatile Run lastRun = new Run(0, 0);

  /** Guest offsets {@code start} to {@code end - 1} are known to be data. */
  private record Run(long start, long end) {}

  /**
   * @param chain the images, the top one first; the disk closes them
   */
  VirtualDisk(List<Image> chain, ClusterCache clusters) {
    this.chain = List.copyOf(chain);
    this.layers = chain.toArray(new Image[0]);
    this.size = layers[0].size();
    this.clusters = clusters;
    this.ahead = new DecodeAhead(this, clusters);
  }

  /** Bytes of the disk. */
  public long size() {
    return size;
  }

  /** The images that the disk consists of, the top one first. */
  public List<Image> chain() {
    return chain;
  }

  /** The top image. */
  public Image top() {
    return layers[0];
  }

  /**
   * Reads into {@code target} from its position to its limit, or to the end of the disk.
   *
   * @param offset not negative; past the end nothing is read
   * @throws IOException where a table or the host fails; the target's content is then undefined
   */
  public void read(ByteBuffer target, long offset) throws IOException {
    int limit = target.limit();
    long end = Math.min(size, offset + target.remaining());
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

  private void fill(ByteBuffer target, Located run) throws IOException {
    Extent extent = run.extent();
    switch (extent.kind()) {
      case DATA, FLAT -> extent.requireStorage().read(target, extent.hostOffset());
      case ZERO, HOLE -> Zeros.fill(target, target.remaining());
      case COMPRESSED ->
          target.put(clusters.unit(run.image(), extent), extent.skip(), target.remaining());
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
    long want = Math.min(length, size - offset);
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
    Located run = locate(offset, length);
    Extent extent = run.extent();
    if (extent.kind() != Kind.FLAT) {
      return run;
    }
    return new Located(run.depth(), run.image(), splitFlat(extent));
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

  /** The first offset at or after {@code offset} that is not a hole, or -1 where none follows. */
  public long seekData(long offset) throws IOException {
    for (long at = offset; at < size; ) {
      if (lastRun.start <= at && at < lastRun.end) {
        return at;
      }
      Extent extent = status(at, size - at).extent();
      if (!extent.readsAsZero()) {
        return at;
      }
      at += extent.length();
    }
    return -1;
  }

  /** The first offset at or after {@code offset} that is a hole, or the size of the disk. */
  public long seekHole(long offset) throws IOException {
    Run known = lastRun;
    boolean inside = known.start <= offset && offset < known.end;
    long at = inside ? known.end : offset;
    while (at < size) {
      Extent extent = status(at, size - at).extent();
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

  @Override
  public void close() throws IOException {
    ahead.close();
    IOException failure = null;
    for (Image image : layers) {
      try {
        image.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}
