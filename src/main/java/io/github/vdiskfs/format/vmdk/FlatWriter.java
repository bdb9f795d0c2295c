// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.ImageWriter.Placement;
import io.github.vdiskfs.image.Reservation;
import java.io.IOException;

/** Writes a flat extent: everything is in place. */
record FlatWriter(FlatExtent extent) implements ExtentWriter {
  @Override
  public Placement placement(long extentOffset, long length) {
    return Placement.inPlace(extent.map(extentOffset, length));
  }

  @Override
  public Reservation reserve(long extentOffset, long length) {
    throw new IllegalStateException("a flat extent is written in place");
  }

  @Override
  public long zero(long extentOffset, long length) throws IOException {
    long most = Math.min(length, extent.sizeBytes() - extentOffset);
    extent.file().zero(extent.hostOffset() + extentOffset, most);
    return most;
  }
}
