// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A storage some of whose changes fail; of a write that fails the first half was done, in whole
 * sectors.
 */
public final class FaultyStorage extends FilterStorage {
  private final Faults faults;

  public FaultyStorage(Storage inner, Faults faults) {
    super(inner);
    this.faults = faults;
  }

  private void check(String call) throws IOException {
    if (faults.isNext(call)) {
      throw faults.exception(call);
    }
  }

  @Override
  public void write(ByteBuffer source, long offset) throws IOException {
    String call = "write " + name() + " " + offset + " + " + source.remaining();
    if (faults.isNext(call)) {
      long middle = offset + source.remaining() / 2;
      long end = Math.max(offset, middle - middle % HostOperation.SECTOR);
      ByteBuffer half = source.duplicate();
      if (end > offset) {
        super.write(half.limit(half.position() + (int) (end - offset)), offset);
      }
      throw faults.exception(call);
    }
    super.write(source, offset);
  }

  @Override
  public void zero(long offset, long length) throws IOException {
    check("zero " + name() + " " + offset + " + " + length);
    super.zero(offset, length);
  }

  @Override
  public void truncate(long size) throws IOException {
    check("truncate " + name() + " " + size);
    super.truncate(size);
  }

  @Override
  public void sync() throws IOException {
    check("sync " + name());
    super.sync();
  }
}
