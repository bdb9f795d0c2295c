// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.SnapshotInfo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Gives each internal snapshot of an image a file name of its own. A snapshot's name is a guest's
 * word: where it cannot be a file name, or an earlier snapshot has it, the file is called {@code
 * id-ID}, and where that is no better {@code snapshot-N} after its place in the table. Of snapshots
 * with the same ID only the first can be told from the others: these have no file.
 */
final class SnapshotNames {
  /** What the kernel allows, without {@code .raw}. */
  private static final int MAX_BYTES = 255 - ImageDirectory.SUFFIX.length();

  /** Snapshots of one image that are shown: each is looked for in the image's list. */
  private static final int MAX_SHOWN = 4096;

  private final Map<String, String> nameById = new HashMap<>();
  private final Set<String> taken = new HashSet<>();
  private final List<SnapshotInfo> shown = new ArrayList<>();

  private SnapshotNames(List<SnapshotInfo> snapshots) {
    Set<String> ids = new HashSet<>();
    snapshots.stream().filter(s -> ids.add(s.id())).limit(MAX_SHOWN).forEach(shown::add);
    for (SnapshotInfo snapshot : shown) {
      take(snapshot.id(), snapshot.name());
    }
    for (int i = 0; i < shown.size(); i++) {
      String id = shown.get(i).id();
      for (int n = i + 1; !nameById.containsKey(id) && !take(id, "id-" + id); n += MAX_SHOWN) {
        take(id, "snapshot-" + n);
      }
    }
  }

  /** Gives a snapshot a name, where that is one and free. */
  private boolean take(String id, String name) {
    boolean free = isFileName(name) && taken.add(name);
    if (free) {
      nameById.put(id, name);
    }
    return free;
  }

  private static boolean isFileName(String name) {
    return !name.isEmpty()
        && !name.equals(".")
        && !name.equals("..")
        && name.codePoints().noneMatch(SnapshotNames::isOdd)
        && name.getBytes(StandardCharsets.UTF_8).length <= MAX_BYTES;
  }

  /** True for what cannot be in a name, would break lines, or stands for bytes that are no text. */
  private static boolean isOdd(int character) {
    int type = Character.getType(character);
    return character == '/'
        || character == '\uFFFD'
        || type == Character.CONTROL
        || type == Character.LINE_SEPARATOR
        || type == Character.PARAGRAPH_SEPARATOR
        || type == Character.SURROGATE;
  }

  /** The snapshots of an image in the order of its table, those that have a file. */
  static List<SnapshotFile> of(Image image) {
    SnapshotNames names = new SnapshotNames(image.info().snapshots());
    List<SnapshotFile> files = new ArrayList<>();
    for (SnapshotInfo snapshot : names.shown) {
      files.add(file(image, snapshot.id(), names.nameById.getOrDefault(snapshot.id(), "")));
    }
    return List.copyOf(files);
  }

  private static SnapshotFile file(Image image, String id, String name) {
    try {
      return new SnapshotFile(name, id, image.snapshot(id).size(), null);
    } catch (IOException e) {
      return new SnapshotFile(name, id, 0, e);
    }
  }
}
