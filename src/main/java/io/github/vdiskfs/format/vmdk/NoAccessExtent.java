// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.Storage;
import org.jspecify.annotations.Nullable;

/**
 * A NOACCESS extent: a part of the disk that the descriptor forbids to read. Its file is not
 * opened, and only reads that touch it fail.
 *
 * @param name the extent's file as a message names it
 */
record NoAccessExtent(String name, long sizeBytes) implements DiskExtent {
  @Override
  public Extent map(long extentOffset, long length) throws ImageException {
    throw new ImageException(
        ImageException.Kind.UNSUPPORTED,
        "extent " + name + ": the descriptor says NOACCESS, it cannot be read");
  }

  @Override
  public @Nullable Storage file() {
    return null;
  }
}
