// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.Image;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Names of a chain's files as the user would say them, who named the first: each as the one above
 * names it, seen from there. A name that does not lead to the file (behind a link, or where a
 * parent was found by its identity) is not used.
 */
final class MapNames {
  private final Path image;
  private final Map<String, String> shownByFile = new HashMap<>();

  /**
   * @param image as the user named it
   */
  MapNames(Path image, DiskOpener.Opened opened) {
    this.image = image;
    List<Image> chain = opened.disk().chain();
    String shown = image.toString();
    for (int i = 0; i < chain.size(); i++) {
      String file = opened.files().get(i).name();
      shown = leadsTo(shown, file) ? shown : file;
      shownByFile.put(file, shown);
      BackingReference backing = chain.get(i).info().backing();
      shown = backing == null ? shown : InfoReport.fullName(shown, backing.name());
    }
  }

  /** The name of a file of the chain, or of one that an image of the chain consists of. */
  String shown(String file) {
    return shownByFile.computeIfAbsent(file, this::beside);
  }

  private String beside(String file) {
    Path name = Path.of(file).getFileName();
    String shown = name == null ? file : image.resolveSibling(name).toString();
    return leadsTo(shown, file) ? shown : file;
  }

  private static boolean leadsTo(String name, String file) {
    try {
      return Path.of(name).toRealPath().equals(Path.of(file).toRealPath());
    } catch (IOException | InvalidPathException e) {
      return false;
    }
  }
}
