// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.disk;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Extent.Kind;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A disk's map as {@code qemu-img map} tells it: from start to end, neighbours of a kind as one.
 */
public final class DiskMap {
  /**
   * One range.
   *
   * @param depth 0 for the top image, 1 for its backing file and so on
   * @param present an image of the chain decides it; false where nothing does
   * @param zero reads as zero
   * @param data bytes are stored for it
   * @param compressed the bytes are stored compressed
   * @param hostOffset where its first byte is stored as it is, or -1
   * @param file the host file of {@code hostOffset}; empty where there is none
   */
  public record Range(
      long start,
      long length,
      int depth,
      boolean present,
      boolean zero,
      boolean data,
      boolean compressed,
      long hostOffset,
      String file) {

    private boolean goesOnAs(Range next) {
      long expected = hostOffset < 0 ? -1 : hostOffset + length;
      return depth == next.depth
          && present == next.present
          && zero == next.zero
          && data == next.data
          && compressed == next.compressed
          && expected == next.hostOffset
          && file.equals(next.file);
    }

    private Range with(long longer) {
      return new Range(start, longer, depth, present, zero, data, compressed, hostOffset, file);
    }
  }

  private static final String RAW_FORMAT = "raw";

  private final VirtualDisk disk;
  private long at;
  private @Nullable Range pending;

  public DiskMap(VirtualDisk disk) {
    this.disk = disk;
  }

  /** The next range, or null at the end of the disk. */
  public @Nullable Range next() throws IOException {
    Range range = take();
    if (range == null) {
      return null;
    }
    for (Range more = take(); more != null; more = take()) {
      if (!range.goesOnAs(more)) {
        pending = more;
        break;
      }
      range = range.with(range.length() + more.length());
    }
    return range;
  }

  private @Nullable Range take() throws IOException {
    Range kept = pending;
    pending = null;
    if (kept != null || at >= disk.size()) {
      return kept;
    }
    Located run = disk.locate(at, disk.size() - at);
    Range range = range(at, VirtualDisk.split(run), storesHoles(run));
    at += range.length();
    return range;
  }

  /** QEMU calls a hole of the host file stored data, except where the image is raw. */
  private static boolean storesHoles(Located run) {
    return run.extent().kind() == Kind.FLAT && !run.image().info().format().equals(RAW_FORMAT);
  }

  private static Range range(long start, Located run, boolean storesHoles) {
    Extent extent = run.extent();
    Kind kind = extent.kind();
    Storage storage = kind == Kind.COMPRESSED ? null : extent.storage();
    return new Range(
        start,
        extent.length(),
        run.depth(),
        kind != Kind.HOLE,
        extent.readsAsZero(),
        storesHoles || !extent.readsAsZero(),
        kind == Kind.COMPRESSED,
        storage == null ? -1 : extent.hostOffset(),
        storage == null ? "" : storage.name());
  }
}
