// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The kinds of folder that an image has beside its disk. */
public enum ImageFolder {
  /** Its partitions: {@code p1.raw} and so on. */
  PARTS(".parts") {
    @Override
    Optional<View> view(String stem) {
      Matcher part = PART.matcher(stem);
      return part.matches()
          ? Optional.of(new View.Part(Integer.parseInt(part.group(1))))
          : Optional.empty();
    }
  },

  /** Its internal snapshots, each by its name. */
  SNAPSHOTS(".snapshots") {
    @Override
    Optional<View> view(String stem) {
      return Optional.of(new View.Snapshot(stem));
    }
  };

  private static final Pattern PART = Pattern.compile("p([1-9][0-9]{0,2})");

  private final String suffix;

  ImageFolder(String suffix) {
    this.suffix = suffix;
  }

  /** What is appended to the image's file name. */
  String suffix() {
    return suffix;
  }

  /** What a file of the folder would show, by its name without {@code .raw}. */
  abstract Optional<View> view(String stem);

  /** The file name of a partition, without {@code .raw}. */
  static String nameOfPart(int number) {
    return "p" + number;
  }
}
