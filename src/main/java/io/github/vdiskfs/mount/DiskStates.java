// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.Image;
import io.github.vdiskfs.image.ImageInfo;
import io.github.vdiskfs.mount.DiskState.Layer;
import io.github.vdiskfs.posix.ErrnoException;
import io.github.vdiskfs.posix.FileStatus;
import io.github.vdiskfs.storage.FileStorage;
import io.github.vdiskfs.storage.Gate;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The state of every image that was looked at, remembered until a file of its chain changes. */
final class DiskStates {
  private static final Logger log = LoggerFactory.getLogger(DiskStates.class);

  /** The extended attribute with the reason why a disk cannot be served, or not written. */
  static final String ERROR_ATTRIBUTE = "user.vdiskfs.error";

  /** Images whose state is remembered, at a few hundred bytes each. */
  private static final int MAX_REMEMBERED = 50_000;

  /** How long a failure is believed: the file that was missing may have come. */
  private static final long FAILURE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /**
   * Longer than the kernel believes attributes: it keeps those of a failure, size 0, for a second.
   */
  private static final int TOLD_SECONDS = 3;

  /** Looks at an image that our own writers open and close all the time. */
  private static final int MAX_LOOKS = 5;

  private record Dated(DiskState state, long madeNanos) {}

  private final Gate gate;
  private final DiskOpener opener;
  private final OpenDisks disks;
  private final Cache<Path, Dated> known =
      Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).executor(Runnable::run).build();

  /** Images of which the kernel was told just now that they cannot be served. */
  private final Cache<Path, Boolean> told =
      Caffeine.newBuilder()
          .maximumSize(MAX_REMEMBERED)
          .expireAfterWrite(TOLD_SECONDS, TimeUnit.SECONDS)
          .executor(Runnable::run)
          .build();

  /**
   * @param disks which disks are being written: such a file cannot be looked at
   */
  DiskStates(Gate gate, DiskOpener opener, OpenDisks disks) {
    this.gate = gate;
    this.opener = opener;
    this.disks = disks;
  }

  /**
   * The state of an image now; where it is being written, as its writer has it.
   *
   * @param path relative to SOURCE
   * @throws ErrnoException where there is no such file any more
   */
  DiskState of(Path path) throws IOException {
    for (int looks = 1; ; looks++) {
      long writers = disks.writersSeen();
      Optional<DiskState> there = remembered(path);
      if (there.isPresent()) {
        return there.get();
      }
      DiskState now = look(path, gate.status(path));
      // The locks of our own writer, who came or went meanwhile, say nothing about the image.
      if (now.error() == null || disks.writersSeen() == writers || looks == MAX_LOOKS) {
        return remember(path, known.getIfPresent(path), now);
      }
    }
  }

  /**
   * As {@link #of}, where the image need not be opened for it.
   *
   * @throws ErrnoException where there is no such file any more
   */
  Optional<DiskState> remembered(Path path) throws IOException {
    FileStatus status = gate.status(path);
    Optional<DiskState> written = disks.stateOfWritten(status);
    if (written.isPresent()) {
      return written;
    }
    return Optional.ofNullable(known.getIfPresent(path))
        .filter(dated -> isCurrent(dated, status))
        .map(Dated::state);
  }

  /** The state of an image as it was last seen, without asking the host. */
  Optional<DiskState> last(Path path) {
    return Optional.ofNullable(known.getIfPresent(path)).map(Dated::state);
  }

  /**
   * Forgets that an image could not be served, since now it was opened.
   *
   * @return whether the kernel may believe it still, whatever was found out since it was told
   */
  boolean forgetFailure(Path path) {
    known.asMap().computeIfPresent(path, (p, k) -> k.state().error() == null ? k : null);
    return told.getIfPresent(path) != null;
  }

  /** The kernel is told of an image that it cannot be served. */
  void tell(Path path) {
    told.put(path, true);
  }

  /** An image cannot be served for now, though it is as it was. */
  void failed(Path path, FileStatus status, IOException why) {
    remember(path, known.getIfPresent(path), DiskState.failed(status, why));
  }

  /** Remembers the state of an image that somebody else opened for a look. */
  void learn(Path path, DiskState state) {
    known.put(path, new Dated(state, System.nanoTime()));
  }

  private DiskState remember(Path path, @Nullable Dated before, DiskState now) {
    if (now.error() != null && (before == null || !sameError(before.state(), now))) {
      log.warn("{} cannot be served: {}", path, now.error().getMessage());
    }
    known.put(path, new Dated(now, System.nanoTime()));
    return now;
  }

  private static boolean sameError(DiskState before, DiskState now) {
    IOException a = before.error();
    IOException b = now.error();
    return a != null && b != null && String.valueOf(a.getMessage()).equals(b.getMessage());
  }

  private boolean isCurrent(Dated known, FileStatus status) {
    DiskState state = known.state();
    if (!state.status().sameVersion(status)) {
      return false;
    }
    if (state.error() != null) {
      return System.nanoTime() - known.madeNanos() < FAILURE_NANOS;
    }
    return state.chain().stream().allMatch(this::unchanged);
  }

  private boolean unchanged(Layer layer) {
    try {
      return gate.statusOf(Path.of(layer.path())).sameVersion(layer.status());
    } catch (ErrnoException e) {
      return false;
    }
  }

  private DiskState look(Path path, FileStatus status) {
    try (DiskOpener.Opened opened = opener.peek(path)) {
      return describe(opened);
    } catch (IOException e) {
      return DiskState.failed(status, e);
    } catch (RuntimeException e) {
      log.error("{}: unexpected failure", path, e);
      return DiskState.failed(status, new IOException(e.toString(), e));
    }
  }

  /** The state of a disk as it was opened. */
  static DiskState describe(DiskOpener.Opened opened) throws IOException {
    return describe(opened, opened.files().get(0).status());
  }

  /**
   * The state of a disk that is open.
   *
   * @param status the image file now
   */
  static DiskState describe(DiskOpener.Opened opened, FileStatus status) throws IOException {
    List<FileStorage> files = opened.files();
    ImageInfo info = opened.disk().top().info();
    BackingReference backing = info.backing();
    return new DiskState(
        status,
        layersBelow(files),
        opened.disk().size(),
        status.blocks() + blocksOfFurtherFiles(opened.disk().top()),
        status.blocks() + blocksBelow(opened),
        info.unitSize(),
        info.format(),
        backing == null ? null : backing.name(),
        opened.disk().chain().size() == 1 && info.unitSize() == 0,
        null);
  }

  private static List<Layer> layersBelow(List<FileStorage> files) {
    List<Layer> layers = new ArrayList<>();
    for (FileStorage file : files.subList(1, files.size())) {
      layers.add(new Layer(file.name(), file.status()));
    }
    return List.copyOf(layers);
  }

  /** Host space of everything but the image file itself. */
  private static long blocksBelow(DiskOpener.Opened opened) throws IOException {
    long blocks = 0;
    for (FileStorage file : opened.files().subList(1, opened.files().size())) {
      blocks += file.status().blocks();
    }
    for (Image image : opened.disk().chain()) {
      blocks += blocksOfFurtherFiles(image);
    }
    return blocks;
  }

  private static long blocksOfFurtherFiles(Image image) throws IOException {
    long bytes = 0;
    for (Storage file : image.info().files()) {
      bytes += file.allocatedSize();
    }
    return bytes / 512;
  }

  /** The extended attributes that describe a state, by name. */
  static Map<String, String> describe(DiskState state, String source) {
    IOException error = state.error();
    if (error == null) {
      return Map.of("user.vdiskfs.format", state.format(), "user.vdiskfs.source", source);
    }
    return Map.of(
        "user.vdiskfs.source", source, ERROR_ATTRIBUTE, String.valueOf(error.getMessage()));
  }
}
