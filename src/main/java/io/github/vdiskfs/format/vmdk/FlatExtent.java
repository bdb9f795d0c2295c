// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.storage.Storage;

/**
 * A FLAT or VMFS extent: guest bytes one after the other in a file.
 *
 * @param hostOffset where the extent's first byte stands
 */
record FlatExtent(Storage file, long hostOffset, long sizeBytes) implements DiskExtent {
  @Override
  public Extent map(long extentOffset, long length) {
    return Extent.flat(file, hostOffset + extentOffset, Math.min(length, sizeBytes - extentOffset));
  }
}
