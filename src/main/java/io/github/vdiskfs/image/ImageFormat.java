// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import io.github.vdiskfs.storage.Storage;
import io.github.vdiskfs.storage.StorageOpener;
import java.io.IOException;
import java.util.Set;

/** A kind of image file: how to recognise one and how to open it. Stateless. */
public interface ImageFormat {
  /** QEMU's name of the format, as in {@code qemu-img -f}. */
  String name();

  /** File name extensions, lower case, without the dot. */
  Set<String> extensions();

  /** True where the file carries this format's signature; looks at header and footer only. */
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
   * What a format may use while it opens and maps.
   *
   * @param opener for the files that the image names, other than its backing file
   * @param tables the mount's cache of table pages
   */
  record Context(StorageOpener opener, TableCache tables) {}
}
