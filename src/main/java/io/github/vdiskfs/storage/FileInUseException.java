// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** A file that another program uses in a way that excludes ours. */
public final class FileInUseException extends FileSystemException {
  private static final long serialVersionUID = 1L;

  FileInUseException(Path path, String by) {
    super(path.toString(), null, "is in use by another program" + by);
  }
}
