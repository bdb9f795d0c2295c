// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A storage that hands everything on to another one; a base for those that look on or interfere.
 */
public class FilterStorage implements Storage {
  private final Storage inner;

  public FilterStorage(Storage inner) {
    this.inner = inner;
  }

  @Override
  public String name() {
    return inner.name();
  }

  @Override
  public long size() {
    return inner.size();
  }

  @Override
  public void read(ByteBuffer target, long offset) throws IOException {
    inner.read(target, offset);
  }

  @Override
  public long nextData(long offset) throws IOException {
    return inner.nextData(offset);
  }

  @Override
  public long nextHole(long offset) throws IOException {
    return inner.nextHole(offset);
  }

  @Override
  public long allocatedSize() throws IOException {
    return inner.allocatedSize();
  }

  @Override
  public void allowWriting() throws IOException {
    inner.allowWriting();
  }

  @Override
  public void write(ByteBuffer source, long offset) throws IOException {
    inner.write(source, offset);
  }

  @Override
  public void zero(long offset, long length) throws IOException {
    inner.zero(offset, length);
  }

  @Override
  public void truncate(long size) throws IOException {
    inner.truncate(size);
  }

  @Override
  public void sync() throws IOException {
    inner.sync();
  }

  @Override
  public void close() throws IOException {
    inner.close();
  }
}
