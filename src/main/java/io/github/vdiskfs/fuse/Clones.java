// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

import io.github.vdiskfs.posix.ErrnoException;
import io.github.vdiskfs.posix.Posix;
import jnr.ffi.LibraryLoader;
import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Variadic;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Further descriptors of a mount: each thread has the requests that it works on in a list of its
 * own (FUSE_DEV_IOC_CLONE of include/uapi/linux/fuse.h), and the threads do not wait for each other
 * where they answer.
 */
final class Clones {
  private static final Logger log = LoggerFactory.getLogger(Clones.class);
  private static final long FUSE_DEV_IOC_CLONE = 0x8004E500L;

  /** The function that makes a new descriptor one of the mount. */
  public interface LibC {
    @Variadic(fixedCount = 2)
    int ioctl(int fd, long request, @In int[] argument);
  }

  private static final LibC C = LibraryLoader.create(LibC.class).load("c");

  private Clones() {}

  /** Another descriptor of the same mount, or {@code fd} itself where there can be none. */
  static int of(int fd) {
    try {
      int clone = Posix.open("/dev/fuse", Posix.O_RDWR);
      if (C.ioctl(clone, FUSE_DEV_IOC_CLONE, new int[] {fd}) == 0) {
        return clone;
      }
      log.debug("no descriptor for each thread: {}", Posix.describe(Posix.lastError()));
      Posix.close(clone);
    } catch (ErrnoException e) {
      log.debug("no descriptor for each thread: {}", e.getMessage());
    }
    return fd;
  }
}
