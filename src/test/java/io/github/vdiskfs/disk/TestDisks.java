// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.disk;

import io.github.vdiskfs.format.KnownFormats;
import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageFormat;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.storage.Storage;
import io.github.vdiskfs.storage.StorageOpener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Opens disks of a test's folder as {@link DiskOpener} opens those of a host's. */
public final class TestDisks {
  /** Small enough that pages are dropped and read again. */
  private static final long CACHE_BYTES = 200 << 10;

  /** One for all, as in a mount: its threads never end. */
  private static final ClusterCache CLUSTERS = new ClusterCache(CACHE_BYTES);

  private TestDisks() {}

  /** The disk of an image and its chain; it can be written after {@code startWriting}. */
  public static VirtualDisk open(StorageOpener folder, String name, ImageFormat format)
      throws IOException {
    List<Image> chain = new ArrayList<>();
    try {
      ImageFormat.Context context = new ImageFormat.Context(folder, new TableCache(CACHE_BYTES));
      Image image = openLayer(folder, name, format, context);
      chain.add(image);
      for (BackingReference backing = image.info().backing(); backing != null; ) {
        image = openLayer(folder, backing.name(), format(folder, backing), context);
        chain.add(image);
        backing = image.info().backing();
      }
      return new VirtualDisk(chain, CLUSTERS, true, null);
    } catch (IOException | RuntimeException e) {
      for (Image image : chain) {
        image.close();
      }
      throw e;
    }
  }

  private static Image openLayer(
      StorageOpener folder, String name, ImageFormat format, ImageFormat.Context context)
      throws IOException {
    Storage storage = folder.open(name);
    try {
      return format.open(storage, context);
    } catch (IOException | RuntimeException e) {
      storage.close();
      throw e;
    }
  }

  /** As {@link Recognizer} has it, what is not recorded and has no signature is raw. */
  private static ImageFormat format(StorageOpener folder, BackingReference backing)
      throws IOException {
    try (Storage storage = folder.open(backing.name())) {
      for (ImageFormat format : KnownFormats.all()) {
        String name = backing.format();
        boolean found = name == null ? format.probe(storage) : format.name().equals(name);
        if (found || (name == null && format.name().equals("raw"))) {
          return format;
        }
      }
    }
    throw new IOException("no format for " + backing);
  }
}
