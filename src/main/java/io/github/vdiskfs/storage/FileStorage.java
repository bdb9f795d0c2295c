// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import io.github.vdiskfs.posix.ErrnoException;
import io.github.vdiskfs.posix.FileStatus;
import io.github.vdiskfs.posix.FileStatus.Time;
import io.github.vdiskfs.posix.Posix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

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

  /** The descriptor for reading; -1 after closing, so that its number is not used again. */
  private volatile int fd;

  private final FileStatus status;
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Bytes in the file; grows with what is written. */
  private final AtomicLong size;

  /** The descriptor for writing, or -1. */
  private volatile int writeFd = -1;

  private FileStorage(Path path, int fd, FileStatus status) {
    this.path = path;
    this.fd = fd;
    this.status = status;
    this.size = new AtomicLong(status.size());
    OpenFileLimit.opened();
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
    } catch (ErrnoException e) {
      throw explained(e, path);
    } finally {
      Posix.close(pathFd);
    }
  }

  /** What went wrong with a file, with its name, where it is something that users bring about. */
  static IOException explained(ErrnoException e, Path path) {
    return switch (e.errno()) {
      case ErrnoException.ENOENT, ErrnoException.ENOTDIR ->
          new NoSuchFileException(path.toString(), null, "no such file");
      case ErrnoException.EACCES ->
          new AccessDeniedException(path.toString(), null, "permission denied");
      case ErrnoException.EMFILE -> OpenFileLimit.tooMany(path);
      default -> e;
    };
  }

  /**
   * Takes over a descriptor of a new file, open for reading and writing.
   *
   * @param path the name that it was given
   */
  static FileStorage adoptNew(Path path, int fd) throws IOException {
    FileStatus status;
    try {
      status = Posix.status(fd);
    } catch (IOException e) {
      Posix.close(fd);
      throw e;
    }
    FileStorage storage = new FileStorage(path, fd, status);
    try {
      storage.openForWriting();
      return storage;
    } catch (IOException e) {
      storage.close();
      throw e;
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

  /** What the host says of the file now. */
  public FileStatus statusNow() throws ErrnoException {
    return Posix.status(fd);
  }

  @Override
  public String name() {
    return path.toString();
  }

  @Override
  public long size() {
    return size.get();
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

  /**
   * Takes QEMU's locks for reading, held until the file is closed.
   *
   * @param shared others may go on writing
   * @throws ErrnoException with EMFILE where too many files are open already
   * @throws FileInUseException where another program has the file open for writing
   */
  public void lockForReading(boolean shared) throws IOException {
    OpenFileLimit.checkMayStay(path);
    ImageLock.take(fd, path, shared ? ImageLock.Use.SHARED_READING : ImageLock.Use.READING);
  }

  /**
   * Fails where {@link #lockForReading} would; nothing is locked.
   *
   * @throws FileInUseException where another program has the file open for writing
   */
  public void checkReadable() throws IOException {
    if (ImageLock.isExcluded(fd, ImageLock.Use.READING)) {
      throw new FileInUseException(path, OpenFiles.describe(fd));
    }
  }

  /**
   * Fails where {@link #allowWriting} would because of others; nothing is locked.
   *
   * @throws FileInUseException where another program has the file open
   */
  public void checkWritable() throws IOException {
    if (ImageLock.isExcluded(fd, ImageLock.Use.WRITING)) {
      throw new FileInUseException(path, OpenFiles.describe(fd));
    }
    ImageLock.checkUnlockedWriters(fd, path);
  }

  /** As it says, and takes QEMU's locks for writing. */
  @Override
  public synchronized void allowWriting() throws IOException {
    if (writeFd < 0) {
      ImageLock.take(fd, path, ImageLock.Use.WRITING);
      try {
        openForWriting();
      } catch (IOException e) {
        ImageLock.giveBackWriting(fd);
        throw e;
      }
    }
  }

  private void openForWriting() throws IOException {
    OpenFileLimit.checkMayStay(path);
    writeFd = Posix.open("/proc/self/fd/" + fd, Posix.O_RDWR | Posix.O_NONBLOCK);
    OpenFileLimit.opened();
  }

  private int writable() throws IOException {
    int writable = writeFd;
    if (writable < 0) {
      throw new IOException(path + ": open for reading only");
    }
    return writable;
  }

  @Override
  public void write(ByteBuffer source, long offset) throws IOException {
    int to = writable();
    long end = offset + source.remaining();
    try {
      if (source.isDirect()) {
        Posix.write(to, source, offset);
      } else {
        writeFromHeap(to, source, offset);
      }
      size.accumulateAndGet(end, Math::max);
    } catch (IOException e) {
      // What the host did take before it failed is a part of the file.
      size.accumulateAndGet(statusNow().size(), Math::max);
      throw e;
    }
  }

  private static void writeFromHeap(int to, ByteBuffer source, long offset) throws IOException {
    ByteBuffer bounce = BOUNCE.get();
    long at = offset;
    while (source.hasRemaining()) {
      int n = Math.min(BOUNCE_BYTES, source.remaining());
      bounce.clear().put(0, source, source.position(), n).limit(n);
      Posix.write(to, bounce, at);
      source.position(source.position() + n);
      at += n;
    }
  }

  @Override
  public void zero(long offset, long length) throws IOException {
    int to = writable();
    long end = Math.min(offset + length, size());
    if (offset >= end) {
      return;
    }
    try {
      int mode = Posix.FALLOC_KEEP_SIZE | Posix.FALLOC_PUNCH_HOLE;
      Posix.allocate(to, mode, offset, end - offset);
    } catch (ErrnoException e) {
      if (e.errno() != ErrnoException.EOPNOTSUPP && e.errno() != ErrnoException.ENOSYS) {
        throw e;
      }
      Zeros.write(this, offset, end - offset);
    }
  }

  @Override
  public void truncate(long newSize) throws IOException {
    Posix.truncate(writable(), newSize);
    size.set(newSize);
  }

  @Override
  public void sync() throws IOException {
    Posix.syncData(writable());
  }

  /** Sets the file's owner and group. */
  public void setOwner(int uid, int gid) throws IOException {
    Posix.setOwner(fd, uid, gid);
  }

  /** Sets the file's permission bits. */
  public void setPermissions(int permissions) throws IOException {
    Posix.setPermissions(fd, permissions);
  }

  /** Sets the file's times; null leaves one as it is. */
  public void setTimes(@Nullable Time accessed, @Nullable Time modified) throws IOException {
    Posix.setTimes(fd, accessed, modified);
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
      int forReading = fd;
      int forWriting = writeFd;
      fd = -1;
      writeFd = -1;
      OpenFileLimit.closed();
      Posix.close(forReading);
      if (forWriting >= 0) {
        OpenFileLimit.closed();
        Posix.close(forWriting);
      }
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
