// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The mount that this process serves, where it must open nothing: it would wait for itself. Whether
 * a path leads there is found out without a look at the mount, by going along the path and reading
 * the links on it.
 *
 * @param point absolute, without links
 */
record OwnMount(Path point) {
  /** As many as Linux follows. */
  private static final int MAX_LINKS = 40;

  /** True where an absolute path leads to the mount or into it. */
  boolean contains(Path path) {
    Deque<Path> rest = new ArrayDeque<>();
    path.forEach(rest::add);
    Path root = point.resolve("/");
    Path at = root;
    for (int links = 0; !rest.isEmpty() && links <= MAX_LINKS; ) {
      at = at.resolve(rest.remove()).normalize();
      if (at.equals(point)) {
        return true;
      }
      Path target = targetOf(at);
      if (target != null) {
        links++;
        prepend(rest, target);
        Path parent = at.getParent();
        at = target.isAbsolute() || parent == null ? root : parent;
      }
    }
    return false;
  }

  private static void prepend(Deque<Path> rest, Path target) {
    for (int i = target.getNameCount() - 1; i >= 0; i--) {
      rest.addFirst(target.getName(i));
    }
  }

  private static @Nullable Path targetOf(Path link) {
    try {
      return Files.readSymbolicLink(link);
    } catch (IOException e) {
      // No link, or nothing that could be opened.
      return null;
    }
  }
}
