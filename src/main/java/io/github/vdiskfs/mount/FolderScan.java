// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.disk.Recognizer;
import io.github.vdiskfs.mount.ImageDirectory.Listing;
import io.github.vdiskfs.posix.ErrnoException;
import io.github.vdiskfs.posix.FileStatus;
import io.github.vdiskfs.posix.Posix;
import io.github.vdiskfs.storage.Gate;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One look through a host folder: which of its files are images. What a file was recognised as is
 * remembered until its status changes.
 *
 * <p>Files that only serve another image as extents are left out: raw ones, flat ones by their name
 * (whatever a guest wrote into them), and sparse extents that are no disk by themselves. An image
 * that is a disk by itself is never hidden by another one that claims it, nor is a raw disk by a
 * stranger: only by an image whose name its own begins with.
 */
final class FolderScan {
  private static final Logger log = LoggerFactory.getLogger(FolderScan.class);

  /** Entries of one folder that are looked at; more would not fit the memory budget. */
  private static final int MAX_FILES = 200_000;

  /** Files whose recognition is remembered. */
  private static final int MAX_REMEMBERED = 50_000;

  /** The one format whose images consist of several files beside each other. */
  private static final String EXTENT_FORMAT = "vmdk";

  private static final String RAW_FORMAT = "raw";

  /**
   * What a file was, with the status that it had.
   *
   * @param format the format's name, or null where it is no image
   * @param extents names of other files of the folder that it consists of
   * @param opens false for an extent format's file that is no disk by itself
   */
  private record Known(
      FileStatus status, @Nullable String format, Set<String> extents, boolean opens) {}

  private final Gate gate;
  private final DiskOpener opener;
  private final @Nullable Path only;
  private final PatientLook<Path> patient = new PatientLook<>("it is not shown");
  private final Cache<Path, Known> known =
      Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).executor(Runnable::run).build();

  /**
   * @param only the one image that is shown, or null for all
   */
  FolderScan(Gate gate, DiskOpener opener, @Nullable Path only) {
    this.gate = gate;
    this.opener = opener;
    this.only = only;
  }

  /**
   * The listing of a folder.
   *
   * @param folder relative to SOURCE
   */
  Listing list(Path folder) throws IOException {
    SortedSet<String> folders = new TreeSet<>();
    SortedMap<String, Known> images = new TreeMap<>();
    List<Path> paths = only != null ? List.of(only) : entries(folder);
    patient.forEach(paths, this::look, seen -> seen.addTo(folders, images));
    return new Listing(folders, visible(images));
  }

  private List<Path> entries(Path folder) throws IOException {
    Path host = gate.source().resolve(folder);
    List<Path> paths = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(host)) {
      for (Path entry : entries) {
        if (paths.size() == MAX_FILES) {
          log.warn("{}: more than {} entries; the rest is not shown", host, MAX_FILES);
          break;
        }
        paths.add(folder.resolve(String.valueOf(entry.getFileName())));
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return paths;
  }

  /** What an entry of a folder is: a folder, an image, or nothing of these. */
  private record Seen(String name, boolean folder, @Nullable Known file) {
    void addTo(SortedSet<String> folders, SortedMap<String, Known> images) {
      if (folder) {
        folders.add(name);
      } else if (file != null && file.format() != null) {
        images.put(name, file);
      }
    }
  }

  private Seen look(Path path) {
    String name = String.valueOf(path.getFileName());
    try {
      String host = gate.source().resolve(path).toString();
      FileStatus status = Posix.linkStatus(host);
      if (status.isRegular() || status.isSymlink()) {
        return new Seen(
            name, false, recognize(path, status.isSymlink() ? gate.status(path) : status));
      }
      return new Seen(name, status.isDirectory(), null);
    } catch (ErrnoException e) {
      log.debug("{}: {}", path, e.getMessage());
      return new Seen(name, false, null);
    }
  }

  private Known recognize(Path path, FileStatus status) {
    @Nullable Known before = known.getIfPresent(path);
    if (before != null && before.status().sameVersion(status)) {
      return before;
    }
    Known now = lookInside(path, status);
    known.put(path, now);
    return now;
  }

  private Known lookInside(Path path, FileStatus status) {
    if (!status.isRegular()) {
      return new Known(status, null, Set.of(), false);
    }
    try {
      Optional<Recognizer.Match> match = opener.recognize(path);
      if (match.isEmpty()) {
        return new Known(status, null, Set.of(), false);
      }
      String format = match.get().format().name();
      return format.equals(EXTENT_FORMAT)
          ? withExtents(path, status)
          : new Known(status, format, Set.of(), true);
    } catch (AccessDeniedException e) {
      // Why it cannot be served is told when somebody looks at it.
      return new Known(status, opener.expectedFormat(path).orElse(null), Set.of(), false);
    } catch (IOException e) {
      log.info("{}: not shown: {}", path, e.getMessage());
      return new Known(status, null, Set.of(), false);
    } catch (RuntimeException e) {
      log.error("{}: not shown: unexpected failure", path, e);
      return new Known(status, null, Set.of(), false);
    }
  }

  private Known withExtents(Path path, FileStatus status) {
    Set<String> extents = new HashSet<>();
    try (DiskOpener.Opened opened = opener.peekUnlocked(path)) {
      Path folder = gate.source().resolve(path).getParent();
      for (Storage file : opened.disk().top().info().files()) {
        Path extent = Path.of(file.name());
        if (folder != null && folder.equals(extent.getParent())) {
          extents.add(String.valueOf(extent.getFileName()));
        }
      }
      return new Known(status, EXTENT_FORMAT, Set.copyOf(extents), true);
    } catch (IOException | RuntimeException e) {
      // Why it cannot be served is told when somebody looks at it.
      return new Known(status, EXTENT_FORMAT, Set.of(), false);
    }
  }

  private static SortedMap<String, String> visible(SortedMap<String, Known> images) {
    Set<String> extents = new HashSet<>();
    Set<String> ofNamesake = new HashSet<>();
    images.forEach(
        (name, image) -> {
          extents.addAll(image.extents());
          image.extents().stream().filter(e -> e.startsWith(stem(name))).forEach(ofNamesake::add);
        });
    SortedMap<String, String> shown = new TreeMap<>();
    images.forEach(
        (name, file) -> {
          boolean sound = file.opens() && !Recognizer.isGuestData(Path.of(name));
          boolean isDisk = sound && !RAW_FORMAT.equals(file.format());
          Set<String> claims = sound ? ofNamesake : extents;
          if (isDisk || !claims.contains(name)) {
            shown.put(name, String.valueOf(file.format()));
          }
        });
    return shown;
  }

  /** An image's name without its extension: its extents' names begin with it. */
  private static String stem(String name) {
    int dot = name.lastIndexOf('.');
    return dot <= 0 ? name : name.substring(0, dot);
  }
}
