// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;

/**
 * The file with the plain guest clusters: the image file itself or the external data file.
 *
 * @param preallocated clusters were allocated ahead of the data: where the host file has a hole,
 *     nothing was written yet
 */
record HostData(Storage storage, boolean preallocated) {
  /**
   * Tells by its host space whether an image is preallocated, as QEMU does: it occupies clearly
   * less than its clusters would. (QEMU counts those with a refcount; here all of the file's count,
   * so that opening reads no table.) A file whose clusters are but partly written looks the same.
   *
   * <p>A raw external data file is a disk by itself, so that its own holes count in any case.
   */
  static boolean looksPreallocated(Storage image, Qcow2Header header) throws IOException {
    if (Features.RAW_EXTERNAL_DATA.in(header.autoclearFeatures())) {
      return true;
    }
    long clusterBytes = header.clusterBytes();
    long occupied = image.allocatedSize() / clusterBytes;
    long present = (image.size() + clusterBytes - 1) / clusterBytes;
    long clearlyMore = Math.max(occupied + occupied / 9, occupied + 2);
    return present >= clearlyMore;
  }

  Extent extent(long hostOffset, long length) {
    return preallocated
        ? Extent.flat(storage, hostOffset, length)
        : Extent.data(storage, hostOffset, length);
  }
}
