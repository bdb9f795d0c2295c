// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.posix;

import com.kenai.jffi.MemoryIO;
import io.github.vdiskfs.posix.FileStatus.Time;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jnr.constants.platform.Errno;
import jnr.ffi.LastError;
import jnr.ffi.Runtime;
import org.jspecify.annotations.Nullable;

/**
 * System calls on file descriptors and paths. Every method throws {@link ErrnoException} where the
 * call fails; reads and writes are repeated after {@code EINTR} and short transfers.
 *
 * <p>Buffers are direct; their address is taken for the length of one call, during which the caller
 * keeps them reachable by holding the buffer itself.
 */
public final class Posix {
  private Posix() {}

  /** Flags of open(2), the same on x86-64 and the generic ABI but for O_DIRECTORY and friends. */
  public static final int O_RDONLY = 0;

  public static final int O_WRONLY = 1;
  public static final int O_RDWR = 2;
  public static final int O_CREAT = 0x40;
  public static final int O_EXCL = 0x80;
  public static final int O_NONBLOCK = 0x800;
  public static final int O_CLOEXEC = 0x80000;
  public static final int O_PATH = 0x200000;

  /** openat2(2): no component may lead out of the folder that the look-up starts from. */
  public static final long RESOLVE_BENEATH = 0x08;

  /** openat2(2): links of /proc that are not paths are not followed. */
  public static final long RESOLVE_NO_MAGICLINKS = 0x02;

  /** fallocate(2): the file's size stays. */
  public static final int FALLOC_KEEP_SIZE = 0x01;

  /** fallocate(2): frees the range, which then reads as zero. */
  public static final int FALLOC_PUNCH_HOLE = 0x02;

  /** fallocate(2): the range reads as zero and keeps its space. */
  public static final int FALLOC_ZERO_RANGE = 0x10;

  private static final int AT_FDCWD = -100;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int STATX_BASIC_STATS = 0x7FF;
  private static final long UTIME_OMIT = (1L << 30) - 2;
  private static final int SEEK_DATA = 3;
  private static final int SEEK_HOLE = 4;
  private static final long SYS_OPENAT2 = 437;
  private static final int OPEN_HOW_BYTES = 24;
  private static final int STATX_BYTES = 256;
  private static final int LOG_DAEMON = 3 << 3;

  private static final LibC C = LibC.INSTANCE;
  private static final Runtime RUNTIME = Runtime.getRuntime(C);
  private static final MemoryIO MEMORY = MemoryIO.getInstance();

  /** Room for one structure of the kernel's. */
  static final ThreadLocal<ByteBuffer> STRUCT =
      ThreadLocal.withInitial(
          () -> ByteBuffer.allocateDirect(STATX_BYTES).order(ByteOrder.nativeOrder()));

  /** The address of byte 0 of a direct buffer. */
  public static long address(ByteBuffer direct) {
    return MEMORY.getDirectBufferAddress(direct);
  }

  /** The error number that the last native call of this thread left. */
  public static int lastError() {
    return LastError.getLastError(RUNTIME);
  }

  /** The words for an error number, as perror(3) has them. */
  public static String describe(int errno) {
    return Errno.valueOf(errno).description() + " (errno " + errno + ")";
  }

  /** Opens a path; {@code O_CLOEXEC} is always added. */
  public static int open(String path, int flags) throws ErrnoException {
    int fd = C.open(path, flags | O_CLOEXEC, 0);
    if (fd < 0) {
      throw failure("open " + path);
    }
    return fd;
  }

  /**
   * Opens {@code path} below the folder {@code folderFd} under the rules {@code resolve}
   * (openat2(2), Linux 5.6 and later).
   *
   * @param mode permissions of a file that is made; 0 without {@code O_CREAT}
   */
  public static int openBelow(int folderFd, String path, int flags, int mode, long resolve)
      throws ErrnoException {
    ByteBuffer how = STRUCT.get();
    how.putLong(0, flags | O_CLOEXEC).putLong(8, mode).putLong(16, resolve);
    long fd = C.syscall(SYS_OPENAT2, folderFd, path, address(how), OPEN_HOW_BYTES);
    if (fd < 0) {
      throw failure("open " + path);
    }
    return (int) fd;
  }

  /** Closes a descriptor; an error is ignored, since Linux frees the number in any case. */
  public static void close(int fd) {
    C.close(fd);
  }

  /** Makes {@code target} another name of {@code fd}. */
  public static void replace(int target, int fd) throws ErrnoException {
    if (C.dup2(fd, target) < 0) {
      throw failure("dup2");
    }
  }

  /**
   * Reads into {@code target} from its position until it is full or the file ends.
   *
   * @return the bytes read; the position moves by as much
   */
  public static int read(int fd, ByteBuffer target, long offset) throws ErrnoException {
    long address = address(target);
    int start = target.position();
    while (target.hasRemaining()) {
      int position = target.position();
      long n = C.pread(fd, address + position, target.remaining(), offset + position - start);
      if (n > 0) {
        target.position(position + (int) n);
      } else if (n == 0) {
        break;
      } else if (lastError() != ErrnoException.EINTR) {
        throw failure("pread");
      }
    }
    return target.position() - start;
  }

  /** Writes all of {@code source} from its position to its limit; the position moves there. */
  public static void write(int fd, ByteBuffer source, long offset) throws ErrnoException {
    long address = address(source);
    int start = source.position();
    while (source.hasRemaining()) {
      int position = source.position();
      long n = C.pwrite(fd, address + position, source.remaining(), offset + position - start);
      if (n > 0) {
        source.position(position + (int) n);
      } else if (n == 0) {
        throw new ErrnoException("pwrite", ErrnoException.EIO);
      } else if (lastError() != ErrnoException.EINTR) {
        throw failure("pwrite");
      }
    }
  }

  /** Changes how a range of a file is allocated; {@code mode} as in fallocate(2). */
  public static void allocate(int fd, int mode, long offset, long length) throws ErrnoException {
    while (C.fallocate(fd, mode, offset, length) != 0) {
      if (lastError() != ErrnoException.EINTR) {
        throw failure("fallocate");
      }
    }
  }

  /** Sets the size of a file; what is new reads as zero. */
  public static void truncate(int fd, long size) throws ErrnoException {
    while (C.ftruncate(fd, size) != 0) {
      if (lastError() != ErrnoException.EINTR) {
        throw failure("ftruncate");
      }
    }
  }

  /**
   * Returns when a file's data and size are on the disk. A failure is never tried again: Linux
   * forgets what could not be written.
   */
  public static void syncData(int fd) throws ErrnoException {
    if (C.fdatasync(fd) != 0) {
      throw failure("fdatasync");
    }
  }

  /** Returns when a file or folder is on the disk. */
  public static void sync(int fd) throws ErrnoException {
    if (C.fsync(fd) != 0) {
      throw failure("fsync");
    }
  }

  /**
   * Reads one message into native memory, without repeating anything.
   *
   * @return the bytes read, or the negative error number
   */
  public static long readMessage(int fd, long address, long bytes) {
    long n = C.read(fd, address, bytes);
    return n < 0 ? -lastError() : n;
  }

  /**
   * Writes one message from an array of {@code iovec}s in native memory, without repeating
   * anything.
   *
   * @return the bytes written, or the negative error number
   */
  public static long writeMessage(int fd, long vectors, int count) {
    long n = C.writev(fd, vectors, count);
    return n < 0 ? -lastError() : n;
  }

  /** The space of the file system that a path lies on. */
  public static FileSystemSpace space(String path) throws ErrnoException {
    ByteBuffer b = STRUCT.get();
    if (C.statvfs(path, address(b)) != 0) {
      throw failure("statvfs " + path);
    }
    return new FileSystemSpace(b.getLong(8), b.getLong(16), b.getLong(24), b.getLong(32));
  }

  /** The first offset at or after {@code offset} that holds data, or -1 where none follows. */
  public static long seekData(int fd, long offset) throws ErrnoException {
    return seek(fd, offset, SEEK_DATA);
  }

  /** The first offset at or after {@code offset} that is a hole, or -1 past the end. */
  public static long seekHole(int fd, long offset) throws ErrnoException {
    return seek(fd, offset, SEEK_HOLE);
  }

  private static long seek(int fd, long offset, int whence) throws ErrnoException {
    long found = C.lseek(fd, offset, whence);
    if (found >= 0) {
      return found;
    }
    if (lastError() == ErrnoException.ENXIO) {
      return -1;
    }
    throw failure("lseek");
  }

  /** The status of an open descriptor, also of an {@code O_PATH} one. */
  public static FileStatus status(int fd) throws ErrnoException {
    return statx(fd, "", AT_EMPTY_PATH);
  }

  /** The status of what a path names after following links. */
  public static FileStatus status(String path) throws ErrnoException {
    return statx(AT_FDCWD, path, 0);
  }

  /** The status of a path itself, also where it is a link. */
  public static FileStatus linkStatus(String path) throws ErrnoException {
    return statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW);
  }

  private static FileStatus statx(int fd, String path, int flags) throws ErrnoException {
    ByteBuffer b = STRUCT.get();
    if (C.statx(fd, path, flags, STATX_BASIC_STATS, address(b)) != 0) {
      throw failure("stat " + (path.isEmpty() ? "of descriptor " + fd : path));
    }
    long device = makeDevice(b.getInt(0x88), b.getInt(0x8C));
    return new FileStatus(
        device,
        b.getLong(0x20),
        b.getShort(0x1C) & 0xFFFF,
        b.getInt(0x10),
        b.getInt(0x14),
        b.getInt(0x18),
        b.getLong(0x28),
        b.getLong(0x30),
        time(b, 0x40),
        time(b, 0x70),
        time(b, 0x60));
  }

  private static Time time(ByteBuffer statx, int at) {
    return new Time(statx.getLong(at), statx.getInt(at + 8));
  }

  /** glibc's makedev(3). */
  private static long makeDevice(int major, int minor) {
    return ((long) (major & 0xFFFFF000) << 32)
        | ((long) (major & 0xFFF) << 8)
        | ((long) (minor & 0xFFFFFF00) << 12)
        | (minor & 0xFF);
  }

  /** Sets the owner and group of an open file. */
  public static void setOwner(int fd, int uid, int gid) throws ErrnoException {
    if (C.fchown(fd, uid, gid) != 0) {
      throw failure("fchown");
    }
  }

  /** Sets the permissions of an open file. */
  public static void setPermissions(int fd, int mode) throws ErrnoException {
    if (C.fchmod(fd, mode) != 0) {
      throw failure("fchmod");
    }
  }

  /** Sets the times of an open file; null leaves one as it is. */
  public static void setTimes(int fd, @Nullable Time accessed, @Nullable Time modified)
      throws ErrnoException {
    ByteBuffer b = STRUCT.get();
    putTime(b, 0, accessed);
    putTime(b, 16, modified);
    if (C.futimens(fd, address(b)) != 0) {
      throw failure("futimens");
    }
  }

  private static void putTime(ByteBuffer to, int at, @Nullable Time time) {
    to.putLong(at, time == null ? 0 : time.seconds());
    to.putLong(at + 8, time == null ? UTIME_OMIT : time.nanos());
  }

  /** Unmounts a path; {@code flags} as in umount2(2). */
  public static void unmount(String path, int flags) throws ErrnoException {
    if (C.umount2(path, flags) != 0) {
      throw failure("umount " + path);
    }
  }

  /** True where the process acts as root. */
  public static boolean isRoot() {
    return C.geteuid() == 0;
  }

  /** Leaves the session of the terminal; nothing happens where the process leads one already. */
  public static void newSession() {
    C.setsid();
  }

  /** True where a descriptor is a terminal. */
  public static boolean isTerminal(int fd) {
    return C.isatty(fd) == 1;
  }

  /** Writes one line to the system's log; {@code priority} 3 (error) to 7 (debug). */
  public static void syslog(int priority, String message) {
    C.syslog(LOG_DAEMON | priority, "%s", message);
  }

  /** The failure of the native call that this thread just made. */
  static ErrnoException failure(String what) {
    return new ErrnoException(what, lastError());
  }
}
