// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/** A host file in memory, without holes; counts its reads and syncs. */
public final class MemoryStorage implements Storage {
  private final String name;
  private byte[] bytes;
  private int size;
  private final AtomicInteger reads = new AtomicInteger();
  private final AtomicInteger syncs = new AtomicInteger();
  private volatile boolean writable;
  private volatile boolean closed;

  public MemoryStorage(String name, byte[] bytes) {
    this.name = name;
    this.bytes = bytes.clone();
    this.size = bytes.length;
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
  public synchronized long size() {
    return size;
  }

  /** A copy of the content. */
  public synchronized byte[] content() {
    return Arrays.copyOf(bytes, size);
  }

  @Override
  public synchronized void read(ByteBuffer target, long offset) {
    if (closed) {
      throw new IllegalStateException(name + " is closed");
    }
    reads.incrementAndGet();
    int there = (int) Math.max(0, Math.min(target.remaining(), size - offset));
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
  public synchronized long allocatedSize() {
    return size;
  }

  @Override
  public void allowWriting() {
    writable = true;
  }

  @Override
  public synchronized void write(ByteBuffer source, long offset) throws IOException {
    checkWritable();
    grow(Math.addExact(Math.toIntExact(offset), source.remaining()));
    source.get(bytes, (int) offset, source.remaining());
  }

  private void grow(int end) {
    if (end > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(end, Math.min(end * 2, 1 << 28)));
    }
    size = Math.max(size, end);
  }

  @Override
  public synchronized void zero(long offset, long length) throws IOException {
    checkWritable();
    long end = Math.min(offset + length, size);
    if (offset < end) {
      Arrays.fill(bytes, (int) offset, (int) end, (byte) 0);
    }
  }

  @Override
  public synchronized void truncate(long newSize) throws IOException {
    checkWritable();
    int to = Math.toIntExact(newSize);
    if (to < size) {
      Arrays.fill(bytes, to, size, (byte) 0);
    }
    grow(to);
    size = to;
  }

  @Override
  public void sync() throws IOException {
    checkWritable();
    syncs.incrementAndGet();
  }

  private void checkWritable() throws IOException {
    if (!writable) {
      throw new IOException(name + " is open for reading only");
    }
  }

  /** How often it was synced. */
  public int syncs() {
    return syncs.get();
  }

  @Override
  public void close() {
    closed = true;
  }
}
