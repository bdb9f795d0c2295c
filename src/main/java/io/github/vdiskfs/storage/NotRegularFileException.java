// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** A device, fifo, socket or folder where a regular file is needed. */
public final class NotRegularFileException extends FileSystemException {
  private static final long serialVersionUID = 1L;

  NotRegularFileException(Path path) {
    super(path.toString(), null, "not a regular file");
  }
}
