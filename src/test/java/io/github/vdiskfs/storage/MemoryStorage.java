// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;

/** A host file in memory, without holes; counts its reads. */
public final class MemoryStorage implements Storage {
  private final String name;
  private final byte[] bytes;
  private final AtomicInteger reads = new AtomicInteger();
  private volatile boolean closed;

  public MemoryStorage(String name, byte[] bytes) {
    this.name = name;
    this.bytes = bytes;
  }

  /** How often it was read. */
  public int reads() {
    return reads.get();
  }

  public boolean isClosed() {
    return closed;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long size() {
    return bytes.length;
  }

  @Override
  public void read(ByteBuffer target, long offset) {
    if (closed) {
      throw new IllegalStateException(name + " is closed");
    }
    reads.incrementAndGet();
    int there = (int) Math.max(0, Math.min(target.remaining(), bytes.length - offset));
    if (there > 0) {
      target.put(bytes, (int) offset, there);
    }
    Zeros.fill(target, target.remaining());
  }

  @Override
  public long nextData(long offset) {
    return offset;
  }

  @Override
  public long nextHole(long offset) {
    return size();
  }

  @Override
  public long allocatedSize() {
    return bytes.length;
  }

  @Override
  public void close() {
    closed = true;
  }
}
