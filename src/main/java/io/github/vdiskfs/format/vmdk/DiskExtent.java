// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One extent in VMDK's sense: a run of the disk's sectors and the file, if any, that has them. */
interface DiskExtent {
  /** Guest bytes of the extent. */
  long sizeBytes();

  /**
   * As {@link io.github.vdiskfs.image.Image#map}, for this extent alone.
   *
   * @param extentOffset guest bytes from the extent's start, less than {@link #sizeBytes}
   */
  Extent map(long extentOffset, long length) throws IOException;

  /** The host file, or null where there is none. */
  @Nullable Storage file();

  /** Bytes of a grain; 0 where the extent has no grains. */
  default int grainBytes() {
    return 0;
  }

  /** What unpacks this extent's grains; null where they are not compressed. */
  default @Nullable GrainDecoder decoder() {
    return null;
  }
}
