// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.disk;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.storage.FileStorage;
import io.github.vdiskfs.storage.Storage;
import io.github.vdiskfs.storage.StorageOpener;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Locks every file that an image names, which may not be the image itself.
 *
 * @param image the one that names them
 * @param locking how those are kept from changing
 */
record LockingOpener(
    DiskOpener disks, FileStorage image, StorageOpener files, DiskOpener.Locking locking)
    implements StorageOpener {
  @Override
  public Storage open(String name) throws IOException {
    FileStorage storage = (FileStorage) files.open(name);
    try {
      if (storage.status().sameFile(image.status())) {
        throw new ImageException(
            ImageException.Kind.CORRUPT, image.name() + ": the image names itself: a loop");
      }
      disks.lock(storage, locking);
      return storage;
    } catch (IOException | RuntimeException e) {
      storage.close();
      throw e;
    }
  }

  @Override
  public List<String> siblings(String suffix) throws IOException {
    return files.siblings(suffix);
  }

  @Override
  public List<String> siblingsAbove(String suffix) throws IOException {
    return files.siblingsAbove(suffix);
  }

  @Override
  public @Nullable Object folder() {
    return files.folder();
  }
}
