// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.posix.FileStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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
    for (int looks = 1; ; looks++) {
      long writers = disks.writersSeen();
      DiskState state = states.of(image);
      Optional<Contents> there = remembered(image, state);
      if (there.isPresent()) {
        return there.get();
      }
      @Nullable Contents now = look(image);
      // The locks of our own writer, who came or went meanwhile, say nothing about the image.
      if (now != null) {
        return now;
      }
      if (disks.writersSeen() == writers || looks == MAX_LOOKS) {
        return Contents.NONE;
      }
    }
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

  /** Null where the image cannot be opened. */
  private @Nullable Contents look(Path image) {
    try (DiskOpener.Opened opened = opener.peek(image)) {
      Contents contents = Contents.read(opened.disk());
      FileStatus status = opened.files().get(0).status();
      known.put(image, new Dated(DiskStates.describe(opened, status), contents));
      if (!contents.table().problems().isEmpty()) {
        log.warn("{}: partition table: {}", image, contents.problems(ImageFolder.PARTS));
      }
      return contents;
    } catch (IOException e) {
      log.debug("{}: {}", image, e.getMessage());
      return null;
    } catch (RuntimeException e) {
      log.error("{}: unexpected failure", image, e);
      return Contents.NONE;
    }
  }
}
