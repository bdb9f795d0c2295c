// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import io.github.vdiskfs.posix.FileStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Knows which images others are based on: to write to such a one would change the others. */
final class BaseImages {
  private final ImageDirectory directory;
  private final DiskStates states;
  private final PatientLook<Path> patient =
      new PatientLook<>("what it is based on is taken to be as it was");

  BaseImages(ImageDirectory directory, DiskStates states) {
    this.directory = directory;
    this.states = states;
  }

  /** An image of SOURCE that has this file in its backing chain; empty where there is none. */
  Optional<Path> childOf(FileStatus file) throws IOException {
    List<Path> images = directory.allImages();
    Map<Path, Boolean> answers = new HashMap<>();
    patient.forEach(
        images,
        image -> Map.entry(image, isBasedOn(image, file)),
        answer -> answers.put(answer.getKey(), answer.getValue()));
    return images.stream()
        .filter(image -> answers.computeIfAbsent(image, i -> wasBasedOn(i, file)))
        .findFirst();
  }

  private boolean isBasedOn(Path image, FileStatus file) {
    try {
      return hasInChain(states.of(image), file);
    } catch (IOException e) {
      return false;
    }
  }

  /** As far as it was known before the host ceased to answer. */
  private boolean wasBasedOn(Path image, FileStatus file) {
    return states.last(image).filter(state -> hasInChain(state, file)).isPresent();
  }

  private static boolean hasInChain(DiskState state, FileStatus file) {
    return state.chain().stream().anyMatch(layer -> layer.status().sameFile(file));
  }
}
