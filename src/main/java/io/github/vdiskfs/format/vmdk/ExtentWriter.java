// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.ImageWriter.Placement;
import io.github.vdiskfs.image.Reservation;
import java.io.IOException;

/**
 * The write side of one extent: as {@link io.github.vdiskfs.image.ImageWriter}, with offsets from
 * the extent's start, and clipped to its end.
 */
interface ExtentWriter {
  Placement placement(long extentOffset, long length) throws IOException;

  Reservation reserve(long extentOffset, long length) throws IOException;

  long zero(long extentOffset, long length) throws IOException;
}
