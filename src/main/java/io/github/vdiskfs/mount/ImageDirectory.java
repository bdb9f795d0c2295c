// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.posix.FileStatus;
import io.github.vdiskfs.storage.Gate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The folder of images as a tree of names: {@code sub/db.vmdk} shows as {@code sub/db.vmdk.raw}.
 */
public final class ImageDirectory {
  /** What is appended to an image's file name. */
  public static final String SUFFIX = ".raw";

  /** A listing is at most this old, also where the host's time stamps did not move. */
  private static final long MAX_AGE_NANOS = TimeUnit.MILLISECONDS.toNanos(800);

  /** Folders that are looked at for a list of all images; a larger tree is cut off. */
  private static final int MAX_FOLDERS = 100_000;

  /** Folders whose listing is kept. */
  private static final int MAX_LISTINGS = 1_000;

  /** Something with a name in the mount. */
  public sealed interface Node permits Folder, Disk {
    /** The host path, relative to SOURCE. */
    Path path();
  }

  /** A mirrored folder. */
  public record Folder(Path path) implements Node {}

  /** An image's disk. */
  public record Disk(Path path) implements Node {}

  /**
   * What a folder holds.
   *
   * @param folders names of sub-folders
   * @param images names of image files, each with the format's name
   */
  public record Listing(SortedSet<String> folders, SortedMap<String, String> images) {}

  private record Dated(Listing listing, FileStatus status, long madeNanos) {}

  private final Gate gate;
  private final FolderScan scan;
  private final Cache<Path, Dated> listings =
      Caffeine.newBuilder().maximumSize(MAX_LISTINGS).executor(Runnable::run).build();

  /**
   * @param only the one image that is shown, or null for all
   */
  public ImageDirectory(Gate gate, DiskOpener opener, @Nullable Path only) {
    this.gate = gate;
    this.scan = new FolderScan(gate, opener, only);
  }

  /**
   * The node of a path in the mount such as {@code /sub/db.vmdk.raw}; empty where there is none.
   */
  public Optional<Node> find(String path) throws IOException {
    Path relative = Path.of(path.startsWith("/") ? path.substring(1) : path);
    Path name = relative.getFileName();
    if (name == null || name.toString().isEmpty()) {
      return Optional.of(new Folder(Path.of("")));
    }
    Optional<Listing> parent = listing(parentOf(relative));
    return parent.flatMap(listing -> inListing(listing, relative, name.toString()));
  }

  /**
   * The image, relative to SOURCE, that a path such as {@code /sub/new.qcow2.raw} stands for by its
   * name alone; empty where no disk has such a name.
   */
  static Optional<Path> imageNamed(String path) {
    Path relative = Path.of(path.startsWith("/") ? path.substring(1) : path);
    String name = String.valueOf(relative.getFileName());
    int end = name.length() - SUFFIX.length();
    return name.endsWith(SUFFIX) && end > 0
        ? Optional.of(relative.resolveSibling(name.substring(0, end)))
        : Optional.empty();
  }

  private static Optional<Node> inListing(Listing listing, Path relative, String name) {
    if (listing.folders().contains(name)) {
      return Optional.of(new Folder(relative));
    }
    if (name.endsWith(SUFFIX)) {
      String image = name.substring(0, name.length() - SUFFIX.length());
      if (listing.images().containsKey(image)) {
        return Optional.of(new Disk(relative.resolveSibling(image)));
      }
    }
    return Optional.empty();
  }

  private static Path parentOf(Path relative) {
    Path parent = relative.getParent();
    return parent == null ? Path.of("") : parent;
  }

  /**
   * What the folder at a path relative to SOURCE holds now; empty where it is not (or no longer) a
   * mirrored folder.
   *
   * @throws IOException where SOURCE itself cannot be listed
   */
  public Optional<Listing> listing(Path folder) throws IOException {
    if (!folder.toString().isEmpty() && !isMirrored(folder)) {
      return Optional.empty();
    }
    FileStatus status = gate.status(folder);
    long now = System.nanoTime();
    @Nullable Dated known = listings.getIfPresent(folder);
    if (known != null
        && known.status().sameVersion(status)
        && now - known.madeNanos() < MAX_AGE_NANOS) {
      return Optional.of(known.listing());
    }
    Listing made = scan.list(folder);
    listings.put(folder, new Dated(made, status, now));
    return Optional.of(made);
  }

  /** An image was made or removed: the listing that it would stand in is made anew. */
  void forget(Path image) {
    listings.invalidate(parentOf(image));
  }

  /** Every folder on the way is a real folder that its parent's listing shows. */
  private boolean isMirrored(Path folder) throws IOException {
    Path name = folder.getFileName();
    Optional<Listing> parent = listing(parentOf(folder));
    return name != null && parent.isPresent() && parent.get().folders().contains(name.toString());
  }

  /**
   * The paths of all images, relative to SOURCE, folder by folder in the order of their names.
   *
   * @throws IOException where SOURCE itself cannot be listed
   */
  public List<Path> allImages() throws IOException {
    List<Path> images = new ArrayList<>();
    Deque<Path> folders = new ArrayDeque<>();
    folders.add(Path.of(""));
    for (int seen = 0; !folders.isEmpty() && seen < MAX_FOLDERS; seen++) {
      Path folder = folders.remove();
      Optional<Listing> listing = listing(folder);
      if (listing.isPresent()) {
        listing.get().folders().forEach(name -> folders.add(folder.resolve(name)));
        listing.get().images().keySet().forEach(name -> images.add(folder.resolve(name)));
      }
    }
    return images;
  }

  /** The name of an image's format; empty where it is no image any more. */
  public String formatOf(Path image) throws IOException {
    String name = String.valueOf(image.getFileName());
    return listing(parentOf(image)).map(l -> l.images().getOrDefault(name, "")).orElse("");
  }
}
