// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.disk;

import io.github.vdiskfs.image.ImageException;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A window on a disk, of a fixed size. It moves no bytes by itself: all goes through the disk's own
 * loops, locks and caches, so that it cannot disagree with the disk.
 */
public final class Slice implements Volume {
  private final VirtualDisk disk;
  private final long start;
  private final long length;

  /**
   * @param start guest offset of the first byte
   * @param length bytes; where the disk ends earlier, the rest cannot be read
   */
  public Slice(VirtualDisk disk, long start, long length) {
    if (start < 0 || length < 0 || start > Long.MAX_VALUE - length) {
      throw new IllegalArgumentException("a slice of " + length + " bytes at " + start);
    }
    this.disk = disk;
    this.start = start;
    this.length = length;
  }

  @Override
  public long size() {
    return length;
  }

  @Override
  public long diskOffset() {
    return start;
  }

  @Override
  public void read(ByteBuffer target, long offset) throws IOException {
    int limit = Clip.toVolume(target, offset, length);
    try {
      if (target.hasRemaining()) {
        disk.read(target, start + offset);
      }
    } finally {
      target.limit(limit);
    }
  }

  @Override
  public void write(ByteBuffer source, long offset) throws IOException {
    int limit = Clip.toVolume(source, offset, length);
    try {
      if (source.hasRemaining()) {
        disk.write(source, start + offset);
      }
    } finally {
      source.limit(limit);
    }
  }

  @Override
  public void zero(long offset, long count) throws IOException {
    if (offset < length) {
      disk.zero(start + offset, Math.min(count, length - offset));
    }
  }

  @Override
  public void resize(long sizeBytes) throws IOException {
    throw new ImageException(
        ImageException.Kind.FIXED_SIZE,
        "a part of a disk has the size that its table gives it: " + length + " bytes");
  }

  @Override
  public long seekData(long offset) throws IOException {
    long found = offset < length ? disk.seekData(start + offset) : -1;
    return found < 0 || found - start >= length ? -1 : found - start;
  }

  @Override
  public long seekHole(long offset) throws IOException {
    return offset < length ? Math.min(length, disk.seekHole(start + offset) - start) : length;
  }

  @Override
  public void flush() throws IOException {
    disk.flush();
  }

  @Override
  public void flushTables() throws IOException {
    disk.flushTables();
  }
}
