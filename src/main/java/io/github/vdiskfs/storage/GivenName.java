// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import java.io.IOException;
import java.util.regex.Pattern;

/** The name of another file as it stands in an image. */
final class GivenName {
  /** Longest name that an image may give: Linux' PATH_MAX. */
  private static final int MAX_NAME_CHARS = 4096;

  private static final int MAX_SHOWN_CHARS = 200;

  private static final Pattern PROTOCOL = Pattern.compile("^[A-Za-z][A-Za-z0-9+.-]*:[^/]*.*");

  private GivenName() {}

  /** The path in a name, with {@code file:} taken off and everything else with a colon refused. */
  static String path(String name) throws IOException {
    if (name.isEmpty() || name.length() > MAX_NAME_CHARS || name.indexOf('\0') >= 0) {
      throw new FileDeniedException(printable(name), "not a usable file name");
    }
    String path = name.startsWith("file:") ? name.substring("file:".length()) : name;
    if (path.isEmpty() || PROTOCOL.matcher(path).matches()) {
      throw new FileDeniedException(
          printable(name), "only plain file names are followed, no protocols (json:, nbd:, ...)");
    }
    return path;
  }

  /** For people: short, and without what a terminal might obey. */
  static String printable(String name) {
    String shown =
        name.length() > MAX_SHOWN_CHARS ? name.substring(0, MAX_SHOWN_CHARS) + "..." : name;
    return shown.replaceAll("\\p{Cntrl}", "?");
  }
}
