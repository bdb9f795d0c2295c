// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import io.github.vdiskfs.posix.ErrnoException;
import io.github.vdiskfs.posix.FileStatus;
import io.github.vdiskfs.posix.Posix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A regular file of the host, read through one descriptor.
 *
 * <p>The owner sees to it that nobody reads any more when it closes: a mount releases a disk only
 * after the last request on it was answered.
 */
public final class FileStorage implements Storage {
  /** Heap targets are read through a buffer of this size. */
  private static final int BOUNCE_BYTES = 64 << 10;

  private static final ThreadLocal<ByteBuffer> BOUNCE =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BOUNCE_BYTES));

  private final Path path;
  private final int fd;
  private final FileStatus status;
  private final AtomicBoolean closed = new AtomicBoolean();

  private FileStorage(Path path, int fd, FileStatus status) {
    this.path = path;
    this.fd = fd;
    this.status = status;
  }

  /**
   * Takes over a descriptor that was opened with {@code O_PATH} and opens the very same file for
   * reading. Nothing but regular files is opened: to open a device or a fifo has effects.
   *
   * @param path the name under which it was found
   * @throws IOException where it is not a regular file, or may not be read
   */
  static FileStorage adopt(Path path, int pathFd) throws IOException {
    try {
      FileStatus status = Posix.status(pathFd);
      if (!status.isRegular()) {
        throw new NotRegularFileException(path);
      }
      int fd = Posix.open("/proc/self/fd/" + pathFd, Posix.O_RDONLY | Posix.O_NONBLOCK);
      return new FileStorage(path, fd, status);
    } finally {
      Posix.close(pathFd);
    }
  }

  /** Opens a file that the user named; links are followed. */
  public static FileStorage open(Path path) throws IOException {
    return adopt(path, Posix.open(path.toString(), Posix.O_PATH));
  }

  /** The name under which the file was found; relative names in it start at this path's folder. */
  public Path path() {
    return path;
  }

  /** What the host said of the file when it was opened. */
  public FileStatus status() {
    return status;
  }

  @Override
  public String name() {
    return path.toString();
  }

  @Override
  public long size() {
    return status.size();
  }

  @Override
  public void read(ByteBuffer target, long offset) throws IOException {
    if (target.isDirect()) {
      Posix.read(fd, target, offset);
      zeroFill(target);
    } else {
      readToHeap(target, offset);
    }
  }

  private void readToHeap(ByteBuffer target, long offset) throws IOException {
    ByteBuffer bounce = BOUNCE.get();
    long at = offset;
    while (target.hasRemaining()) {
      bounce.clear().limit(Math.min(BOUNCE_BYTES, target.remaining()));
      int got = Posix.read(fd, bounce, at);
      target.put(bounce.flip());
      if (got == 0) {
        zeroFill(target);
      }
      at += got;
    }
  }

  private static void zeroFill(ByteBuffer target) {
    if (target.hasRemaining()) {
      Zeros.fill(target, target.remaining());
    }
  }

  @Override
  public long nextData(long offset) throws IOException {
    try {
      long found = Posix.seekData(fd, offset);
      return found < 0 ? size() : Math.min(found, size());
    } catch (ErrnoException e) {
      return whereUnknown(e, offset);
    }
  }

  @Override
  public long nextHole(long offset) throws IOException {
    try {
      long found = Posix.seekHole(fd, offset);
      return found < 0 ? size() : Math.min(found, size());
    } catch (ErrnoException e) {
      return whereUnknown(e, size());
    }
  }

  /** File systems without SEEK_DATA answer EINVAL: everything is data there. */
  private static long whereUnknown(ErrnoException e, long answer) throws ErrnoException {
    if (e.errno() == ErrnoException.EINVAL) {
      return answer;
    }
    throw e;
  }

  @Override
  public long allocatedSize() throws IOException {
    return Posix.status(fd).blocks() * 512;
  }

  @Override
  public long modifiedSeconds() {
    return status.modified().seconds();
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      Posix.close(fd);
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
