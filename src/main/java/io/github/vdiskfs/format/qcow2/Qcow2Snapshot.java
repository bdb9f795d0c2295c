// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageInfo;
import java.io.IOException;

/** An internal snapshot as an image; the files belong to the image that it is a snapshot of. */
record Qcow2Snapshot(ImageInfo info, ClusterMap map, ClusterDecoder decoder) implements Image {
  @Override
  public Extent map(long guestOffset, long length) throws IOException {
    return map.map(guestOffset, length);
  }

  @Override
  public byte[] decode(Extent extent) throws IOException {
    return decoder.decode(extent);
  }

  @Override
  public void close() {}
}
