// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * A host folder in memory. Every opening of a file sees the same bytes, and may write only after
 * {@link Storage#allowWriting} was called on it.
 */
public final class MemoryFolder implements StorageOpener {
  private final NavigableMap<String, MemoryStorage> files = new TreeMap<>();
  private final UnaryOperator<Storage> wrapper;
  private final AtomicInteger openings = new AtomicInteger();

  public MemoryFolder() {
    this(UnaryOperator.identity());
  }

  /**
   * @param wrapper put around every opening
   */
  public MemoryFolder(UnaryOperator<Storage> wrapper) {
    this.wrapper = wrapper;
  }

  /** Puts files into the folder, in place of those of the same names. */
  public void putAll(Map<String, byte[]> contents) {
    contents.forEach((name, bytes) -> files.put(name, new MemoryStorage(name, bytes)));
  }

  /** Copies of all contents, by name. */
  public Map<String, byte[]> contents() {
    Map<String, byte[]> copy = new TreeMap<>();
    files.forEach((name, file) -> copy.put(name, file.content()));
    return copy;
  }

  /** Openings that were not closed yet. */
  public int openings() {
    return openings.get();
  }

  @Override
  public Storage open(String name) throws IOException {
    MemoryStorage file = files.get(name);
    if (file == null) {
      throw new NoSuchFileException(name);
    }
    return wrapper.apply(new Opening(file));
  }

  @Override
  public Storage create(String name) throws IOException {
    if (files.containsKey(name)) {
      throw new FileAlreadyExistsException(name);
    }
    putAll(Map.of(name, new byte[0]));
    Storage made = open(name);
    made.allowWriting();
    return made;
  }

  @Override
  public List<String> siblings(String suffix) {
    String lower = suffix.toLowerCase(Locale.ROOT);
    return files.keySet().stream()
        .filter(name -> name.toLowerCase(Locale.ROOT).endsWith(lower))
        .toList();
  }

  /** One opening of a file. */
  private final class Opening extends FilterStorage {
    private volatile boolean writable;
    private volatile boolean closed;

    Opening(MemoryStorage file) {
      super(file);
      file.allowWriting();
      openings.incrementAndGet();
    }

    @Override
    public void allowWriting() {
      writable = true;
    }

    private void checkWritable() {
      if (!writable || closed) {
        throw new IllegalStateException(name() + (closed ? " is closed" : " is read-only"));
      }
    }

    @Override
    public void read(ByteBuffer target, long offset) throws IOException {
      if (closed) {
        throw new IllegalStateException(name() + " is closed");
      }
      super.read(target, offset);
    }

    @Override
    public void write(ByteBuffer source, long offset) throws IOException {
      checkWritable();
      super.write(source, offset);
    }

    @Override
    public void zero(long offset, long length) throws IOException {
      checkWritable();
      super.zero(offset, length);
    }

    @Override
    public void truncate(long size) throws IOException {
      checkWritable();
      super.truncate(size);
    }

    @Override
    public void sync() throws IOException {
      checkWritable();
      super.sync();
    }

    @Override
    public void close() {
      if (!closed) {
        closed = true;
        openings.decrementAndGet();
      }
    }
  }
}
