// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Names of host files as the user would say them, who named one of them. */
final class MapNames {
  private final Path image;
  private final Path realImage;
  private final Path realFolder;
  private final boolean beside;

  private MapNames(Path image, Path realImage, Path realFolder, boolean beside) {
    this.image = image;
    this.realImage = realImage;
    this.realFolder = realFolder;
    this.beside = beside;
  }

  /** Names beside an image that the user named. */
  static MapNames of(Path image, Source source) throws IOException {
    Path folder = source.gate().source();
    @Nullable Path given = image.toAbsolutePath().getParent();
    boolean beside = given != null && given.toRealPath().equals(folder);
    return new MapNames(image, folder.resolve(source.image()), folder, beside);
  }

  /** The image as it was named, its neighbours beside it, others as they are. */
  String shown(String file) {
    Path path = Path.of(file);
    if (path.equals(realImage)) {
      return image.toString();
    }
    return beside && path.startsWith(realFolder)
        ? image.resolveSibling(realFolder.relativize(path)).toString()
        : file;
  }
}
