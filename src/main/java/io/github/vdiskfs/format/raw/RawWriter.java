// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.raw;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.ImageWriter;
import io.github.vdiskfs.image.Reservation;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;

/** Writes a raw disk: everything is in place, and there are no tables. */
final class RawWriter implements ImageWriter {
  private final Storage storage;

  RawWriter(Storage storage) {
    this.storage = storage;
  }

  @Override
  public long unit() {
    return 1;
  }

  @Override
  public Placement placement(long guestOffset, long length) {
    return Placement.inPlace(Extent.flat(storage, guestOffset, length));
  }

  @Override
  public Reservation reserve(long guestOffset, long length) {
    throw new IllegalStateException("a raw disk is written in place");
  }

  @Override
  public long zero(long guestOffset, long length) throws IOException {
    storage.zero(guestOffset, length);
    return length;
  }

  @Override
  public void resize(long sizeBytes) throws IOException {
    storage.truncate(sizeBytes);
  }

  @Override
  public void flush() throws IOException {
    storage.sync();
  }

  @Override
  public long dirtyBytes() {
    return 0;
  }

  @Override
  public void finish() throws IOException {
    flush();
  }
}
