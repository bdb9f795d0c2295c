// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.raw;

import io.github.vdiskfs.image.DirtyTables;
import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.ImageWriter;
import io.github.vdiskfs.image.Reservation;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.List;

/**
 * Writes a raw disk: everything is in place, and there are no tables. What remembers a failed sync
 * is the same as in every other format: a later sync must not claim what the host has forgotten.
 */
final class RawWriter implements ImageWriter {
  private final Storage storage;
  private final DirtyTables noTables = new DirtyTables();

  RawWriter(Storage storage) {
    this.storage = storage;
  }

  @Override
  public long unit() {
    return 1;
  }

  @Override
  public Placement placement(long guestOffset, long length) throws IOException {
    noTables.checkUsable();
    return Placement.inPlace(Extent.flat(storage, guestOffset, length));
  }

  @Override
  public Reservation reserve(long guestOffset, long length) {
    throw new IllegalStateException("a raw disk is written in place");
  }

  @Override
  public long zero(long guestOffset, long length) throws IOException {
    noTables.checkUsable();
    storage.zero(guestOffset, length);
    return length;
  }

  @Override
  public void resize(long sizeBytes) throws IOException {
    noTables.checkUsable();
    storage.truncate(sizeBytes);
  }

  @Override
  public void flush() throws IOException {
    noTables.flush(List.of(storage));
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
