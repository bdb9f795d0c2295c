// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.posix;

import java.nio.ByteBuffer;

/** Locks and leases on open files (fcntl(2)), by which programs keep out of each other's way. */
public final class FileLocks {
  private static final int F_RDLCK = 0;
  private static final int F_WRLCK = 1;
  private static final int F_UNLCK = 2;
  private static final int F_SETSIG = 10;
  private static final int F_OFD_GETLK = 36;
  private static final int F_OFD_SETLK = 37;
  private static final int F_SETLEASE = 1024;

  /** A signal that nobody notices. */
  private static final int SIGURG = 23;

  private FileLocks() {}

  /**
   * Takes a shared lock on one byte of a file for this opening of it (an "open file description
   * lock", fcntl(2)); it ends with the descriptor.
   */
  public static void lockByte(int fd, long offset) throws ErrnoException {
    lock(fd, F_OFD_SETLK, F_RDLCK, offset);
  }

  /** Gives such a lock back. */
  public static void unlockByte(int fd, long offset) throws ErrnoException {
    lock(fd, F_OFD_SETLK, F_UNLCK, offset);
  }

  /** True where another opening of the file, here or elsewhere, holds a lock on a byte. */
  public static boolean isByteLocked(int fd, long offset) throws ErrnoException {
    return lock(fd, F_OFD_GETLK, F_WRLCK, offset) != F_UNLCK;
  }

  private static int lock(int fd, int command, int type, long offset) throws ErrnoException {
    ByteBuffer flock = Posix.STRUCT.get();
    flock.putShort(0, (short) type).putShort(2, (short) 0);
    flock.putLong(8, offset).putLong(16, 1).putInt(24, 0);
    if (LibC.INSTANCE.fcntl(fd, command, Posix.address(flock)) != 0) {
      throw Posix.failure("fcntl");
    }
    return flock.getShort(0);
  }

  /**
   * True where no one else has a file open for writing, as far as the host can tell: a read lease
   * is taken and given back at once (fcntl(2), F_SETLEASE).
   *
   * @throws ErrnoException where the file system has no leases or this user may not take one
   */
  public static boolean hasNoWriter(int fd) throws ErrnoException {
    // What breaks the lease in between sends a signal; the usual one would end the process.
    LibC.INSTANCE.fcntl(fd, F_SETSIG, SIGURG);
    if (LibC.INSTANCE.fcntl(fd, F_SETLEASE, F_RDLCK) == 0) {
      LibC.INSTANCE.fcntl(fd, F_SETLEASE, F_UNLCK);
      return true;
    }
    if (Posix.lastError() == ErrnoException.EAGAIN) {
      return false;
    }
    throw Posix.failure("fcntl");
  }
}
