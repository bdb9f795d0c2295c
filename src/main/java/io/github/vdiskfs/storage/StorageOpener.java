// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Opens the files that one image names. Names are those that stand in the image; relative ones
 * start at the image's folder.
 */
public interface StorageOpener {
  /**
   * Opens a file for reading.
   *
   * @throws FileDeniedException where the policy refuses the name; the message says which option
   *     would allow it
   * @throws java.nio.file.NoSuchFileException where there is no such file
   */
  Storage open(String name) throws IOException;

  /**
   * The names of the regular files beside the image that end with {@code suffix}
   * (case-insensitive), sorted, for formats that refer to a file by identity and not by name. Empty
   * where nothing may be named.
   */
  List<String> siblings(String suffix) throws IOException;

  /**
   * The same for the folder above the image's, as names such as {@code ../base.vdi}. Empty where
   * nothing there may be named.
   */
  default List<String> siblingsAbove(String suffix) throws IOException {
    return List.of();
  }

  /**
   * Identifies the folder of {@link #siblings}, so that what is found there can be remembered for
   * the next image of the same folder; null where it cannot.
   */
  default @Nullable Object folder() {
    return null;
  }

  /**
   * Makes a new file, empty and writable, for an image that consists of several.
   *
   * @throws FileDeniedException where the policy refuses the name
   * @throws java.nio.file.FileAlreadyExistsException where there is a file of that name
   */
  default Storage create(String name) throws IOException {
    throw new FileDeniedException(name, "no files are made here");
  }
}
