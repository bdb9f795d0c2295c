// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.storage.Storage;
import org.jspecify.annotations.Nullable;

/** A ZERO extent: no file, only zeroes; it hides what a parent has there. */
record ZeroExtent(long sizeBytes) implements DiskExtent {
  @Override
  public Extent map(long extentOffset, long length) {
    return Extent.zero(Math.min(length, sizeBytes - extentOffset));
  }

  @Override
  public @Nullable Storage file() {
    return null;
  }
}
