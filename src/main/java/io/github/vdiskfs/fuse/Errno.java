// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.mount.IsFolderException;
import io.github.vdiskfs.mount.NotFolderException;
import io.github.vdiskfs.mount.StaleHandleException;
import io.github.vdiskfs.posix.ErrnoException;
import io.github.vdiskfs.storage.FileDeniedException;
import io.github.vdiskfs.storage.FileInUseException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one table from exceptions to error numbers. */
final class Errno {
  private static final Logger log = LoggerFactory.getLogger(Errno.class);

  static final int EPERM = 1;
  static final int ENOENT = 2;
  static final int EINTR = 4;
  static final int EIO = 5;
  static final int ENXIO = 6;
  static final int EBADF = 9;
  static final int ENOMEM = 12;
  static final int EACCES = 13;
  static final int EBUSY = 16;
  static final int EEXIST = 17;
  static final int ENOTDIR = 20;
  static final int EISDIR = 21;
  static final int EINVAL = 22;
  static final int EFBIG = 27;
  static final int ENOSPC = 28;
  static final int EROFS = 30;
  static final int ERANGE = 34;
  static final int ENOSYS = 38;
  static final int ENODATA = 61;
  static final int EOPNOTSUPP = 95;

  private Errno() {}

  /** The positive error number for whatever was thrown; what is unexpected is logged. */
  static int of(Throwable thrown) {
    if (thrown instanceof ImageException e) {
      // For these two there is no file whose attribute could tell.
      if (e.kind() == ImageException.Kind.BAD_NAME || e.kind() == ImageException.Kind.READ_ONLY) {
        log.warn("{}", e.getMessage());
      } else {
        log.debug("{}", e.getMessage());
      }
      return e.getCause() instanceof FileInUseException ? EBUSY : of(e.kind());
    }
    if (thrown instanceof ErrnoException e) {
      // The kernel would take it for the whole mount and for ever.
      return e.errno() == ENOSYS ? EOPNOTSUPP : e.errno();
    }
    int known = ofFileSystem(thrown);
    if (known == 0) {
      log.error("unexpected failure", thrown);
    }
    return known == 0 ? EIO : known;
  }

  private static int of(ImageException.Kind kind) {
    return switch (kind) {
      case CORRUPT, INCOMPLETE, NOT_AN_IMAGE -> EIO;
      case UNSUPPORTED -> EOPNOTSUPP;
      case DENIED -> EACCES;
      case LOCKED -> EBUSY;
      case READ_ONLY -> EROFS;
      case FIXED_SIZE -> EFBIG;
      case NOT_PERMITTED -> EPERM;
      case NOT_FOUND -> ENOENT;
      case BAD_NAME -> EINVAL;
    };
  }

  private static int ofFileSystem(Throwable thrown) {
    if (thrown instanceof NoSuchFileException) {
      return ENOENT;
    }
    if (thrown instanceof FileDeniedException || thrown instanceof AccessDeniedException) {
      return EACCES;
    }
    if (thrown instanceof FileAlreadyExistsException) {
      return EEXIST;
    }
    if (thrown instanceof FileInUseException) {
      return EBUSY;
    }
    if (thrown instanceof NotFolderException) {
      return ENOTDIR;
    }
    if (thrown instanceof IsFolderException) {
      return EISDIR;
    }
    if (thrown instanceof StaleHandleException) {
      return EBADF;
    }
    return thrown instanceof OutOfMemoryError ? ENOMEM : 0;
  }
}
