// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.disk;

import io.github.vdiskfs.storage.Storage;
import io.github.vdiskfs.storage.Zeros;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A file as it would be after one change: for whoever asks what it would be taken for. It can be
 * read only.
 */
final class FilePreview implements Storage {
  private final Storage file;
  private final long sizeBytes;
  private final long changeOffset;
  private final long changeEnd;
  private final @Nullable ByteBuffer bytes;

  private FilePreview(
      Storage file, long sizeBytes, long offset, long end, @Nullable ByteBuffer bytes) {
    this.file = file;
    this.sizeBytes = sizeBytes;
    this.changeOffset = offset;
    this.changeEnd = end;
    this.bytes = bytes;
  }

  /** With {@code bytes}, from its position to its limit, written at {@code offset}. */
  static FilePreview written(Storage file, ByteBuffer bytes, long offset) {
    long end = offset + bytes.remaining();
    return new FilePreview(file, Math.max(file.size(), end), offset, end, bytes.slice());
  }

  /** With zeroes from {@code offset} to {@code end}. */
  static FilePreview zeroed(Storage file, long offset, long end) {
    return new FilePreview(file, file.size(), offset, end, null);
  }

  /** With another size. */
  static FilePreview resized(Storage file, long sizeBytes) {
    return new FilePreview(file, sizeBytes, file.size(), Math.max(file.size(), sizeBytes), null);
  }

  @Override
  public String name() {
    return file.name();
  }

  @Override
  public long size() {
    return sizeBytes;
  }

  @Override
  public void read(ByteBuffer target, long offset) throws IOException {
    int start = target.position();
    long end = offset + target.remaining();
    int limit = target.limit();
    file.read(target, offset);
    blank(target, start + Math.max(0, sizeBytes - offset), limit);
    long from = Math.max(offset, changeOffset);
    long to = Math.min(Math.min(end, changeEnd), sizeBytes);
    if (from < to) {
      overlay(target, start + (int) (from - offset), from, (int) (to - from));
    }
    target.limit(limit).position(limit);
  }

  private static void blank(ByteBuffer target, long from, int limit) {
    if (from < limit) {
      target.limit(limit).position((int) from);
      Zeros.fill(target, target.remaining());
    }
  }

  private void overlay(ByteBuffer target, int position, long from, int length) {
    ByteBuffer source = bytes;
    if (source == null) {
      blank(target, position, position + length);
    } else {
      target.put(position, source, (int) (from - changeOffset), length);
    }
  }

  @Override
  public long nextData(long offset) {
    return offset;
  }

  @Override
  public long nextHole(long offset) {
    return sizeBytes;
  }

  @Override
  public long allocatedSize() throws IOException {
    return file.allocatedSize();
  }

  @Override
  public void allowWriting() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void write(ByteBuffer source, long offset) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void zero(long offset, long length) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void truncate(long size) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void sync() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {
    // The file belongs to the disk.
  }
}
