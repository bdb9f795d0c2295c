// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.vdiskfs.disk.DiskOpener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The contents of every image that was looked into, remembered until a file of its chain changes.
 * Of an image that is being written here its open disk tells.
 */
final class KnownContents {
  private static final Logger log = LoggerFactory.getLogger(KnownContents.class);

  /** Partitions, snapshots and images that are remembered, at some 300 bytes each. */
  private static final int MAX_REMEMBERED = 50_000;

  /** Looks at an image that our own writers open and close all the time. */
  private static final int MAX_LOOKS = 5;

  private record Dated(DiskState state, Contents contents) {
    boolean isOf(DiskState now) {
      return state.sameVersion(now);
    }
  }

  private final DiskOpener opener;
  private final DiskStates states;
  private final OpenDisks disks;
  private final Cache<Path, Dated> known =
      Caffeine.newBuilder()
          .maximumWeight(MAX_REMEMBERED)
          .weigher((Path path, Dated dated) -> dated.contents().weight())
          .executor(Runnable::run)
          .build();

  KnownContents(DiskOpener opener, DiskStates states, OpenDisks disks) {
    this.opener = opener;
    this.states = states;
    this.disks = disks;
  }

  /**
   * The contents of an image now; none where it cannot be served.
   *
   * @param image relative to SOURCE
   * @throws IOException where there is no such file any more
   */
  Contents of(Path image) throws IOException {
    for (int looks = 1; looks <= MAX_LOOKS; looks++) {
      Optional<Contents> there = known(image);
      if (there.isPresent()) {
        return there.get();
      }
      Optional<Contents> now = look(image);
      if (now.isPresent()) {
        return now.get();
      }
      // Either it cannot be served, which is remembered then, or a writer of our own came or went.
      states.of(image);
    }
    return Contents.NONE;
  }

  /** As {@link #of}, where the image need not be opened for it. */
  Optional<Contents> known(Path image) throws IOException {
    Optional<DiskState> state = states.remembered(image);
    return state.isEmpty() ? Optional.empty() : remembered(image, state.get());
  }

  private Optional<Contents> remembered(Path image, DiskState state) throws IOException {
    if (state.error() != null) {
      return Optional.of(Contents.NONE);
    }
    Optional<Contents> open = disks.contentsOfWritten(state.status());
    if (open.isPresent()) {
      return open;
    }
    return Optional.ofNullable(known.getIfPresent(image))
        .filter(dated -> dated.isOf(state))
        .map(Dated::contents);
  }

  /** Opens an image for a look; empty where it cannot be opened. */
  private Optional<Contents> look(Path image) {
    try (DiskOpener.Opened opened = opener.peek(image)) {
      Contents contents = Contents.read(opened.disk());
      DiskState state = DiskStates.describe(opened);
      states.learn(image, state);
      known.put(image, new Dated(state, contents));
      if (!contents.table().problems().isEmpty()) {
        log.warn("{}: partition table: {}", image, contents.problems(ImageFolder.PARTS));
      }
      return Optional.of(contents);
    } catch (IOException e) {
      log.debug("{}: {}", image, e.getMessage());
      return Optional.empty();
    } catch (RuntimeException e) {
      log.error("{}: unexpected failure", image, e);
      return Optional.of(Contents.NONE);
    }
  }
}
