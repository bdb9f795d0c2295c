// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import io.github.vdiskfs.disk.ClusterCache;
import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.format.KnownFormats;
import io.github.vdiskfs.image.TableCache;
import io.github.vdiskfs.storage.Gate;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * SOURCE with everything that is needed to open what is in it.
 *
 * @param only the one image that the user named, or null for the whole folder
 */
record Source(Gate gate, DiskOpener opener, @Nullable Path only) implements Closeable {
  /**
   * Opens a folder of images, or one image in its folder.
   *
   * @throws IOException where there is no such thing
   */
  static Source open(Path named, MountOptions options) throws IOException {
    Path real = named.toRealPath();
    boolean folder = Files.isDirectory(real);
    if (!folder && !Files.isRegularFile(real)) {
      throw new FileSystemException(named.toString(), null, "neither a folder nor a regular file");
    }
    Path root = folder ? real : parentOf(real);
    Gate gate = new Gate(root, options.backing(), options.backingFolders());
    DiskOpener opener =
        new DiskOpener(
            KnownFormats.all(),
            gate,
            new DiskOpener.Policy(options.trustProbed(), !options.readOnly(), options.forceShare()),
            new TableCache(options.metaCache()),
            new ClusterCache(options.dataCache()));
    return new Source(gate, opener, folder ? null : real.getFileName());
  }

  /** As {@link #open}, for commands about one image. */
  static Source ofImage(Path image, MountOptions options) throws IOException {
    if (Files.isDirectory(image)) {
      throw new FileSystemException(image.toString(), null, "is a folder, expected an image");
    }
    return open(image, options);
  }

  private static Path parentOf(Path file) {
    Path parent = file.getParent();
    return parent == null ? file : parent;
  }

  /** The one image's path below SOURCE. */
  Path image() {
    if (only == null) {
      throw new IllegalStateException("a folder");
    }
    return only;
  }

  @Override
  public void close() {
    gate.close();
  }
}
