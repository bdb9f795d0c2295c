// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuse;

import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** A mount that cannot be taken away because something on it is in use. */
public final class MountBusyException extends FileSystemException {
  private static final long serialVersionUID = 1L;

  MountBusyException(Path mountPoint) {
    super(mountPoint.toString(), null, "is in use");
  }
}
