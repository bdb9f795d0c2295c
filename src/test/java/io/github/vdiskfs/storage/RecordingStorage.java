// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import io.github.vdiskfs.storage.HostOperation.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A storage that keeps a log of all its changes; a change is in the log once it was done. */
public final class RecordingStorage extends FilterStorage {
  private static final byte[] NONE = {};

  private final HostLog log;

  public RecordingStorage(Storage inner, HostLog log) {
    super(inner);
    this.log = log;
  }

  private void add(Kind kind, long offset, long length, byte[] bytes) {
    log.add(new HostOperation(kind, name(), offset, length, bytes));
  }

  @Override
  public void write(ByteBuffer source, long offset) throws IOException {
    byte[] bytes = new byte[source.remaining()];
    source.get(source.position(), bytes);
    super.write(source, offset);
    add(Kind.WRITE, offset, bytes.length, bytes);
  }

  @Override
  public void zero(long offset, long length) throws IOException {
    super.zero(offset, length);
    add(Kind.ZERO, offset, length, NONE);
  }

  @Override
  public void truncate(long size) throws IOException {
    super.truncate(size);
    add(Kind.TRUNCATE, size, 0, NONE);
  }

  @Override
  public void sync() throws IOException {
    super.sync();
    add(Kind.SYNC, 0, 0, NONE);
  }
}
