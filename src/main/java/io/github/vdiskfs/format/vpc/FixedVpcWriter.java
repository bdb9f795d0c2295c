// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import io.github.vdiskfs.image.DirtyTables;
import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.image.ImageWriter;
import io.github.vdiskfs.image.Reservation;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.List;

/** Writes a fixed image: everything is in place, and the footer is left alone. */
final class FixedVpcWriter implements ImageWriter {
  private final Storage storage;
  private final long sizeBytes;

  /** No tables: it keeps in mind that a sync failed, which the host says only once. */
  private final DirtyTables tables = new DirtyTables();

  FixedVpcWriter(Storage storage, long sizeBytes) {
    this.storage = storage;
    this.sizeBytes = sizeBytes;
  }

  @Override
  public long unit() {
    return 1;
  }

  @Override
  public Placement placement(long guestOffset, long length) throws IOException {
    tables.checkUsable();
    long most = Math.min(length, sizeBytes - guestOffset);
    return Placement.inPlace(Extent.flat(storage, guestOffset, most));
  }

  @Override
  public Reservation reserve(long guestOffset, long length) {
    throw new IllegalStateException("a fixed image is written in place");
  }

  @Override
  public long zero(long guestOffset, long length) throws IOException {
    tables.checkUsable();
    long most = Math.min(length, sizeBytes - guestOffset);
    storage.zero(guestOffset, most);
    return most;
  }

  @Override
  public void resize(long newSizeBytes) throws IOException {
    throw new ImageException(
        ImageException.Kind.FIXED_SIZE, storage.name() + ": the size of a VHD cannot change");
  }

  @Override
  public void flush() throws IOException {
    tables.flush(List.of(storage));
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
