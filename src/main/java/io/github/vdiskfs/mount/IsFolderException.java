// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import java.nio.file.FileSystemException;

/** A path that is a folder, where a disk is needed. */
public final class IsFolderException extends FileSystemException {
  private static final long serialVersionUID = 1L;

  IsFolderException(String path) {
    super(path, null, "is a folder");
  }
}
