// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageFormat.Context;
import io.github.vdiskfs.image.ImageFormat.Creation;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.storage.Storage;
import io.github.vdiskfs.storage.StorageOpener;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes new images: a small one by hand, which is then opened and given its size by its writer. */
final class Qcow2Creator {
  /** For the few tables that are touched. */
  private static final long CACHE_BYTES = 1 << 20;

  private Qcow2Creator() {}

  /** As {@link io.github.vdiskfs.image.ImageFormat#create}. */
  static void create(Storage target, Creation creation) throws IOException {
    CreateOptions options =
        CreateOptions.of(target, creation.options(), creation.backing() != null);
    NewImage.write(target, options, creation.backing(), creation.sizeBytes());
    String dataFile = options.dataFile();
    if (dataFile == null) {
      grow(target, null, options, creation.sizeBytes());
      return;
    }
    try (Storage data = creation.opener().create(dataFile)) {
      grow(target, data, options, creation.sizeBytes());
    }
  }

  // The image is not closed, since the files are the caller's: nothing of it stays behind.
  private static void grow(
      Storage target, @Nullable Storage data, CreateOptions options, long sizeBytes)
      throws IOException {
    Context context = new Context(new GivenFile(data), new TableCache(CACHE_BYTES));
    Image image = new Qcow2Format().open(target, context);
    Qcow2Writer writer = (Qcow2Writer) image.writer();
    writer.resize(sizeBytes);
    if (options.preallocated()) {
      writer.preallocate();
    }
    writer.finish();
  }

  /** Gives the data file, which is open already. */
  private record GivenFile(@Nullable Storage data) implements StorageOpener {
    @Override
    public Storage open(String name) throws IOException {
      if (data == null) {
        throw new IOException(name + ": no further file is needed");
      }
      return data;
    }

    @Override
    public List<String> siblings(String suffix) {
      return List.of();
    }
  }
}
