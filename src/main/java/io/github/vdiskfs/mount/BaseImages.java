// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import io.github.vdiskfs.posix.FileStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Knows which images others are based on: to write to such a one would change the others. */
final class BaseImages {
  private final ImageDirectory directory;
  private final DiskStates states;

  BaseImages(ImageDirectory directory, DiskStates states) {
    this.directory = directory;
    this.states = states;
  }

  /** An image of SOURCE that has this file in its backing chain; empty where there is none. */
  Optional<Path> childOf(FileStatus file) throws IOException {
    for (Path image : directory.allImages()) {
      if (isBasedOn(image, file)) {
        return Optional.of(image);
      }
    }
    return Optional.empty();
  }

  private boolean isBasedOn(Path image, FileStatus file) {
    try {
      return states.of(image).chain().stream().anyMatch(layer -> layer.status().sameFile(file));
    } catch (IOException e) {
      return false;
    }
  }
}
