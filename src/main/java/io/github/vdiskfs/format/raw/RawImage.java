// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.raw;

import io.github.vdiskfs.image.Extent;
import io.github.vdiskfs.image.FlatWriter;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageInfo;
import io.github.vdiskfs.image.ImageWriter;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;

/** A raw disk: the whole file is one flat extent. */
final class RawImage implements Image {
  private final Storage storage;
  private final ImageInfo info;

  RawImage(Storage storage) {
    this.storage = storage;
    this.info = ImageInfo.plain(RawFormat.NAME, storage.size(), 0);
  }

  @Override
  public ImageInfo info() {
    return info;
  }

  @Override
  public long size() {
    return storage.size();
  }

  @Override
  public Extent map(long guestOffset, long length) {
    return Extent.flat(storage, guestOffset, Math.min(length, size() - guestOffset));
  }

  @Override
  public ImageWriter writer() throws IOException {
    return FlatWriter.open(this, storage, storage::truncate);
  }

  @Override
  public void close() throws IOException {
    storage.close();
  }
}
