// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import io.github.vdiskfs.storage.Storage;
import io.github.vdiskfs.storage.StorageOpener;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A kind of image file: how to recognise one and how to open it. Stateless. */
public interface ImageFormat {
  /**
   * How much of the start and of the end of a file {@link #probe} may look at: nobody can give a
   * file a signature without a write to either.
   */
  int PROBED_BYTES = 512;

  /** QEMU's name of the format, as in {@code qemu-img -f}. */
  String name();

  /** File name extensions, lower case, without the dot. */
  Set<String> extensions();

  /**
   * True where the file carries this format's signature; looks at its first and last {@value
   * #PROBED_BYTES} bytes only.
   */
  boolean probe(Storage storage) throws IOException;

  /**
   * Reads and checks the header. On success the image owns {@code storage}; on failure the caller
   * still does.
   *
   * @throws ImageException where the image is damaged, not supported, or names a file that is
   *     refused
   */
  Image open(Storage storage, Context context) throws IOException;

  /**
   * Makes a new, empty image and syncs it.
   *
   * @param target an empty file, writable; the caller closes it
   * @throws ImageException where an option is unknown, has no such value, or the format cannot be
   *     made
   */
  default void create(Storage target, Creation creation) throws IOException {
    throw ImageException.unsupported(target, "making images of format " + name());
  }

  /**
   * What a new image shall be like.
   *
   * @param sizeBytes virtual size
   * @param options the words behind {@code qemu-img create -o}, by name
   * @param backing the backing file, or null
   * @param opener makes further files that the image consists of
   */
  record Creation(
      long sizeBytes,
      Map<String, String> options,
      @Nullable BackingReference backing,
      StorageOpener opener) {}

  /**
   * What a format may use while it opens and maps.
   *
   * @param opener for the files that the image names, other than its backing file
   * @param tables the mount's cache of table pages
   */
  record Context(StorageOpener opener, TableCache tables) {}
}
