// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageWriter.Placement;
import io.github.vdiskfs.image.Reservation;

/** Refuses to write an extent that has no file or may only be read; what is zero stays so. */
record ClosedExtentWriter(TypedExtent typed) implements ExtentWriter {
  private ImageException refusal() {
    String name = typed.type() + " extent '" + DescriptorParser.printable(typed.name()) + "'";
    return new ImageException(
        ImageException.Kind.READ_ONLY, name + ": this part of the disk cannot be written");
  }

  @Override
  public Placement placement(long extentOffset, long length) throws ImageException {
    throw refusal();
  }

  @Override
  public Reservation reserve(long extentOffset, long length) throws ImageException {
    throw refusal();
  }

  @Override
  public long zero(long extentOffset, long length) throws ImageException {
    if (typed.extent() instanceof ZeroExtent zero) {
      return Math.min(length, zero.sizeBytes() - extentOffset);
    }
    throw refusal();
  }
}
