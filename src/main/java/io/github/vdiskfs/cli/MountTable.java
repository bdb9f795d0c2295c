// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The mounts that this process sees: proc(5), /proc/self/mountinfo. */
final class MountTable {
  private static final Path FILE = Path.of("/proc/self/mountinfo");
  private static final Pattern OCTAL = Pattern.compile("\\\\([0-7]{3})");
  private static final int MOUNT_POINT_FIELD = 4;

  private MountTable() {}

  /**
   * One mount.
   *
   * @param type such as {@code ext4} or {@code fuse.vdiskfs}
   */
  record Mount(Path path, String type) {
    boolean isVdiskfs() {
      return type.equals("fuse.vdiskfs");
    }
  }

  static List<Mount> read() throws IOException {
    List<Mount> mounts = new ArrayList<>();
    // Some mount point may have a name that is not UTF-8; it is none of ours.
    String table = new String(Files.readAllBytes(FILE), StandardCharsets.UTF_8);
    for (String line : table.split("\n", -1)) {
      int dash = line.indexOf(" - ");
      String[] before = line.split(" ", -1);
      if (dash > 0 && before.length > MOUNT_POINT_FIELD) {
        String type = line.substring(dash + 3).split(" ", -1)[0];
        mounts.add(new Mount(Path.of(unescape(before[MOUNT_POINT_FIELD])), type));
      }
    }
    return mounts;
  }

  /** Blanks, tabs, line breaks and backslashes stand as three octal digits. */
  private static String unescape(String field) {
    return OCTAL.matcher(field).replaceAll(MountTable::character);
  }

  private static String character(MatchResult octal) {
    String character = String.valueOf((char) Integer.parseInt(octal.group(1), 8));
    return character.equals("\\") ? "\\\\" : character;
  }
}
