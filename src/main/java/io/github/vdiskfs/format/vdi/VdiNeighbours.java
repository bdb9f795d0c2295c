// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import io.github.vdiskfs.storage.Storage;
import io.github.vdiskfs.storage.StorageOpener;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which {@code .vdi} files beside an image, and in the folder above, have which UUID. All images of
 * a folder share one look through it, so that the cost of a folder full of differencing images
 * grows with their number and not with its square.
 */
final class VdiNeighbours {
  private static final Logger LOG = LoggerFactory.getLogger(VdiNeighbours.class);

  private static final String SUFFIX = ".vdi";

  /** How long a look is believed at least, and so how late a new parent is found. */
  private static final long LEAST_LIFE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** It is believed this many times as long as it took: most of the time goes to other things. */
  private static final int LIFE_FACTOR = 4;

  /** Folders that are remembered; a larger tree is looked at one part after the other. */
  private static final int MAX_FOLDERS = 16;

  /** A file and what it is known by. */
  record Neighbour(String name, VdiIdentity identity) {}

  private record Index(Map<UUID, List<Neighbour>> byImage, long endNanos) {
    boolean isCurrent() {
      return System.nanoTime() - endNanos < 0;
    }
  }

  private final Map<Object, Index> byFolder = new ConcurrentHashMap<>();

  /**
   * The files with a UUID, sorted by their names; those of the folder above last.
   *
   * @param own the image that asks, which its opener does not open
   */
  List<Neighbour> withImage(UUID image, StorageOpener opener, Neighbour own) throws IOException {
    Object folder = opener.folder();
    Index index = folder == null ? null : byFolder.get(folder);
    if (index == null || !index.isCurrent()) {
      index = look(opener, own);
      if (folder != null) {
        remember(folder, index);
      }
    }
    return index.byImage().getOrDefault(image, List.of());
  }

  private void remember(Object folder, Index index) {
    byFolder.values().removeIf(known -> !known.isCurrent());
    if (byFolder.size() < MAX_FOLDERS) {
      byFolder.put(folder, index);
    }
  }

  /** What is remembered of an image's folder is not so any more. */
  void forget(StorageOpener opener) {
    Object folder = opener.folder();
    if (folder != null) {
      byFolder.remove(folder);
    }
  }

  private static Index look(StorageOpener opener, Neighbour own) throws IOException {
    long start = System.nanoTime();
    List<String> names = new ArrayList<>(opener.siblings(SUFFIX));
    names.addAll(opener.siblingsAbove(SUFFIX));
    Map<UUID, List<Neighbour>> byImage = new HashMap<>();
    for (String name : names) {
      VdiIdentity identity = name.equals(own.name()) ? own.identity() : identityOf(name, opener);
      if (identity != null) {
        byImage
            .computeIfAbsent(identity.image(), image -> new ArrayList<>(1))
            .add(new Neighbour(name, identity));
      }
    }
    long now = System.nanoTime();
    long life = Math.max(LEAST_LIFE_NANOS, (now - start) * LIFE_FACTOR);
    return new Index(byImage, now + life);
  }

  /** What cannot be opened is no parent; it does not hide the file that is. */
  private static @Nullable VdiIdentity identityOf(String name, StorageOpener opener) {
    try (Storage storage = opener.open(name)) {
      return VdiHeader.readIdentity(storage);
    } catch (IOException e) {
      LOG.debug("{}: not considered as parent: {}", name, e.getMessage());
      return null;
    }
  }
}
