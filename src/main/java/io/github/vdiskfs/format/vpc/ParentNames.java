// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The names under which a parent may be found, in the order in which they are tried: the path
 * relative to the image, the parent's bare name beside the image, absolute paths.
 *
 * <p>A Windows path with a drive or a server leads nowhere on this host; its last part does, beside
 * the image. Names are written with slashes here.
 */
final class ParentNames {
  private static final Pattern WINDOWS_ROOT = Pattern.compile("(?s)(//|[A-Za-z]:).*");

  private static final String URL_SCHEME = "file://";

  private static final String URL_HOST = "localhost";

  private final Set<String> names = new LinkedHashSet<>();

  private ParentNames() {}

  /** The names in an image, each once; at most two for each locator. */
  static Set<String> of(Storage storage, DynamicHeader header) throws IOException {
    ParentNames found = new ParentNames();
    for (ParentLocator locator : header.locators()) {
      if (locator.code() == ParentLocator.RELATIVE) {
        found.addPath(slashes(locator.text(storage)));
      }
    }
    found.addLastPart(slashes(header.parentUnicodeName()));
    for (ParentLocator locator : header.locators()) {
      if (locator.code() == ParentLocator.ABSOLUTE) {
        found.addPath(slashes(locator.text(storage)));
      } else if (locator.code() == ParentLocator.URL) {
        found.addUrl(trim(locator.text(storage)));
      }
    }
    return found.names;
  }

  private void addPath(String path) {
    if (WINDOWS_ROOT.matcher(path).matches()) {
      addLastPart(path);
    } else if (!path.isEmpty()) {
      names.add(path.startsWith("./") ? path.substring(2) : path);
    }
  }

  private void addLastPart(String path) {
    String last = path.substring(path.lastIndexOf('/') + 1);
    if (!last.isEmpty()) {
      names.add(last);
    }
  }

  private void addUrl(String url) {
    if (url.toLowerCase(Locale.ROOT).startsWith(URL_SCHEME)) {
      String path = url.substring(URL_SCHEME.length());
      addPath(path.startsWith(URL_HOST + "/") ? path.substring(URL_HOST.length()) : path);
    }
  }

  private static String slashes(String windowsPath) {
    return trim(windowsPath).replace('\\', '/');
  }

  /** Without the padding behind it. */
  private static String trim(String padded) {
    int end = padded.length();
    while (end > 0 && padded.charAt(end - 1) == '\0') {
      end--;
    }
    return padded.substring(0, end);
  }
}
