// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import java.nio.file.FileSystemException;

/** A path that is no folder, though one is needed. */
public final class NotFolderException extends FileSystemException {
  private static final long serialVersionUID = 1L;

  NotFolderException(String path) {
    super(path, null, "not a folder");
  }
}
