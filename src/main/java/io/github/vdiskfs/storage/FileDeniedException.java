// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import java.nio.file.FileSystemException;

/** A file that an image names and the confinement refuses; the reason names the option. */
public final class FileDeniedException extends FileSystemException {
  private static final long serialVersionUID = 1L;

  public FileDeniedException(String name, String reason) {
    super(name, null, reason);
  }
}
