// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.posix;

import jnr.ffi.LibraryLoader;
import jnr.ffi.annotations.Encoding;
import jnr.ffi.annotations.Variadic;
import jnr.ffi.types.off_t;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;

/** The libc functions, with the pointer arguments as addresses. */
public interface LibC {
  /** The C library of this process. */
  LibC INSTANCE = LibraryLoader.create(LibC.class).load("c");

  int open(@Encoding("UTF-8") String path, int flags, int mode);

  int close(int fd);

  int dup2(int fd, int target);

  @ssize_t
  long pread(int fd, long address, @size_t long bytes, @off_t long offset);

  @ssize_t
  long pwrite(int fd, long address, @size_t long bytes, @off_t long offset);

  @ssize_t
  long read(int fd, long address, @size_t long bytes);

  @ssize_t
  long writev(int fd, long vectors, int count);

  int statvfs(@Encoding("UTF-8") String path, long address);

  @off_t
  long lseek(int fd, @off_t long offset, int whence);

  int statx(int fd, @Encoding("UTF-8") String path, int flags, int mask, long address);

  int umount2(@Encoding("UTF-8") String path, int flags);

  int geteuid();

  int isatty(int fd);

  int fchown(int fd, int uid, int gid);

  int fchmod(int fd, int mode);

  int futimens(int fd, long times);

  @Variadic(fixedCount = 2)
  int fcntl(int fd, int command, long argument);

  int fallocate(int fd, int mode, @off_t long offset, @off_t long length);

  int ftruncate(int fd, @off_t long size);

  int fdatasync(int fd);

  int fsync(int fd);

  int setsid();

  @Variadic(fixedCount = 1)
  long syscall(long number, long fd, @Encoding("UTF-8") String path, long how, long size);

  @Variadic(fixedCount = 2)
  void syslog(int priority, String format, @Encoding("UTF-8") String message);
}
