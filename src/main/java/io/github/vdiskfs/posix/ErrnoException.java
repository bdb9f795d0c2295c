// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.posix;

import java.io.IOException;

/** A system call that failed, with the {@code errno} that it gave. */
public final class ErrnoException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Errno values that code outside this package asks for (asm-generic, all 64-bit Linux). */
  public static final int ENOENT = 2;

  public static final int EINTR = 4;
  public static final int EIO = 5;
  public static final int ENXIO = 6;
  public static final int EAGAIN = 11;
  public static final int EACCES = 13;
  public static final int EEXIST = 17;
  public static final int ENODEV = 19;
  public static final int ENOTDIR = 20;
  public static final int EINVAL = 22;
  public static final int EMFILE = 24;
  public static final int ENOSYS = 38;
  public static final int ELOOP = 40;
  public static final int EXDEV = 18;
  public static final int ENOSPC = 28;
  public static final int EOPNOTSUPP = 95;
  public static final int ECONNABORTED = 103;
  public static final int ENOTCONN = 107;

  private final int errno;

  /**
   * @param errno the positive error number
   */
  public ErrnoException(String what, int errno) {
    super(what + ": " + Posix.describe(errno));
    this.errno = errno;
  }

  /** The positive error number. */
  public int errno() {
    return errno;
  }
}
