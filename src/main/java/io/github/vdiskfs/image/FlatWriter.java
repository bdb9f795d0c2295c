// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.List;

/** The write side of an image that maps all of its disk to one file, in place. */
public final class FlatWriter implements ImageWriter {
  /** Changes the size of the disk, or says why that cannot be. */
  public interface Resizer {
    void resize(long sizeBytes) throws IOException;
  }

  private final Image image;
  private final Storage storage;
  private final Resizer resizer;

  /**
   * No tables: it keeps in mind that a sync failed. A later one must not claim what the host has
   * forgotten.
   */
  private final DirtyTables noTables = new DirtyTables();

  private FlatWriter(Image image, Storage storage, Resizer resizer) {
    this.image = image;
    this.storage = storage;
    this.resizer = resizer;
  }

  /**
   * Opens the write side.
   *
   * @param storage the file
   * @throws IOException where it may not be written
   */
  public static FlatWriter open(Image image, Storage storage, Resizer resizer) throws IOException {
    storage.allowWriting();
    return new FlatWriter(image, storage, resizer);
  }

  @Override
  public long unit() {
    return 1;
  }

  @Override
  public Placement placement(long guestOffset, long length) throws IOException {
    noTables.checkUsable();
    return Placement.inPlace(image.map(guestOffset, length));
  }

  @Override
  public Reservation reserve(long guestOffset, long length) {
    throw new IllegalStateException("all of the disk is in place");
  }

  @Override
  public long zero(long guestOffset, long length) throws IOException {
    noTables.checkUsable();
    Extent extent = image.map(guestOffset, length);
    storage.zero(extent.hostOffset(), extent.length());
    return extent.length();
  }

  @Override
  public void resize(long sizeBytes) throws IOException {
    noTables.checkUsable();
    resizer.resize(sizeBytes);
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
