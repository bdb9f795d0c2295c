// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import io.github.vdiskfs.image.CheckReport;
import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.FlatWriter;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageInfo;
import io.github.vdiskfs.image.ImageWriter;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;

/** A fixed image: everything in front of the footer is the disk, its holes the host file's own. */
final class FixedVpcImage implements Image {
  private final Storage storage;
  private final ImageInfo info;

  private FixedVpcImage(Storage storage, long virtualSize) {
    this.storage = storage;
    this.info = ImageInfo.plain(VpcFormat.NAME, virtualSize, 0);
  }

  /** Checks that the disk ends before the footer. */
  static FixedVpcImage open(Storage storage, VpcFooter footer) throws ImageException {
    if (footer.virtualSize() > footer.hostOffset()) {
      throw ImageException.badField(
          storage,
          "virtual size",
          footer.virtualSize(),
          "at most " + footer.hostOffset() + ", what stands in front of the footer");
    }
    return new FixedVpcImage(storage, footer.virtualSize());
  }

  @Override
  public ImageInfo info() {
    return info;
  }

  @Override
  public Extent map(long guestOffset, long length) {
    return Extent.flat(storage, guestOffset, Math.min(length, size() - guestOffset));
  }

  @Override
  public ImageWriter writer() throws IOException {
    return FlatWriter.open(this, storage, this::refuseSize);
  }

  private void refuseSize(long sizeBytes) throws ImageException {
    throw new ImageException(
        ImageException.Kind.FIXED_SIZE,
        storage.name() + ": the size of a VHD cannot change to " + sizeBytes);
  }

  /** There are no tables, and an image without a sound footer was not opened. */
  @Override
  public void check(CheckReport report) {
    report.imageEnd(storage.size());
  }

  @Override
  public void close() throws IOException {
    storage.close();
  }
}
