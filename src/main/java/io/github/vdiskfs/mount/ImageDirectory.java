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
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder of images as a tree of names: {@code sub/db.vmdk} shows as {@code sub/db.vmdk.raw}.
 */
public final class ImageDirectory {
  private static final Logger log = LoggerFactory.getLogger(ImageDirectory.class);

  /** What is appended to an image's file name. */
  public static final String SUFFIX = ".raw";

  /** A listing is at most this old, also where the host's time stamps did not move. */
  private static final long MAX_AGE_NANOS = TimeUnit.MILLISECONDS.toNanos(800);

  /** Folders that are looked at for a list of all images; a larger tree is cut off. */
  private static final int MAX_FOLDERS = 100_000;

  /** Folders whose listing is kept. */
  private static final int MAX_LISTINGS = 1_000;

  /** Something with a name in the mount. */
  public sealed interface Node permits Folder, Disk, FolderOfImage {
    /** The host path of the folder or the image, relative to SOURCE. */
    Path path();
  }

  /** A mirrored folder. */
  public record Folder(Path path) implements Node {}

  /** One of an image's disks, as a file. */
  public record Disk(Path path, View view) implements Node {
    /** The file that shows an image's whole disk. */
    static Disk whole(Path image) {
      return new Disk(image, new View.Whole());
    }
  }

  /** A folder that an image has beside its disk, if there is anything in it. */
  public record FolderOfImage(Path path, ImageFolder kind) implements Node {}

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
  private final Set<ImageFolder> folders;
  private final Cache<Path, Dated> listings =
      Caffeine.newBuilder().maximumSize(MAX_LISTINGS).executor(Runnable::run).build();

  /**
   * @param only the one image that is shown, or null for all
   * @param folders what images may have beside their disks
   */
  public ImageDirectory(
      Gate gate, DiskOpener opener, @Nullable Path only, Set<ImageFolder> folders) {
    this.gate = gate;
    this.folders = folders;
    this.scan = new FolderScan(gate, opener, only);
  }

  /**
   * The node of a path in the mount such as {@code /sub/db.vmdk.raw}; empty where there is none.
   * Whether there is something in an image's further folders is not looked at.
   */
  public Optional<Node> find(String path) throws IOException {
    Path relative = relative(path);
    Path name = relative.getFileName();
    if (name == null || name.toString().isEmpty()) {
      return Optional.of(new Folder(Path.of("")));
    }
    Path parent = parentOf(relative);
    Optional<Listing> listing = listing(parent);
    return listing.isPresent()
        ? inListing(listing.get(), relative, name.toString())
        : inFolderOfImage(parent, name.toString());
  }

  private Optional<Node> inFolderOfImage(Path folder, String name) throws IOException {
    Optional<Listing> listing = listing(parentOf(folder));
    String folderName = String.valueOf(folder.getFileName());
    return listing
        .flatMap(l -> inListing(l, folder, folderName))
        .flatMap(node -> node instanceof FolderOfImage f ? fileOf(f, name) : Optional.empty());
  }

  private static Optional<Disk> fileOf(FolderOfImage folder, String name) {
    return stem(name, SUFFIX)
        .flatMap(folder.kind()::view)
        .map(view -> new Disk(folder.path(), view));
  }

  /** A name without its ending; empty where it ends otherwise or is nothing else. */
  private static Optional<String> stem(String name, String ending) {
    int end = name.length() - ending.length();
    return name.endsWith(ending) && end > 0
        ? Optional.of(name.substring(0, end))
        : Optional.empty();
  }

  private static Path relative(String path) {
    return Path.of(path.startsWith("/") ? path.substring(1) : path);
  }

  /** The files that a path may stand for by its name alone, whatever there is. */
  static List<Disk> filesNamed(String path) {
    List<Disk> files = new ArrayList<>();
    imageNamed(path).ifPresent(image -> files.add(Disk.whole(image)));
    Path relative = relative(path);
    Path parent = parentOf(relative);
    for (ImageFolder kind : ImageFolder.values()) {
      stem(String.valueOf(parent.getFileName()), kind.suffix())
          .map(image -> new FolderOfImage(parent.resolveSibling(image), kind))
          .flatMap(folder -> fileOf(folder, String.valueOf(relative.getFileName())))
          .ifPresent(files::add);
    }
    return files;
  }

  /**
   * The image, relative to SOURCE, that a path such as {@code /sub/new.qcow2.raw} stands for by its
   * name alone; empty where no disk has such a name.
   */
  static Optional<Path> imageNamed(String path) {
    Path relative = relative(path);
    return stem(String.valueOf(relative.getFileName()), SUFFIX).map(relative::resolveSibling);
  }

  /** A folder of SOURCE comes first: what an image has beside its disk gives way to it. */
  private Optional<Node> inListing(Listing listing, Path relative, String name) {
    if (listing.folders().contains(name)) {
      return Optional.of(new Folder(relative));
    }
    Optional<String> disk = stem(name, SUFFIX).filter(image -> listing.images().containsKey(image));
    if (disk.isPresent()) {
      return disk.map(image -> Disk.whole(relative.resolveSibling(image)));
    }
    return folders.stream()
        .flatMap(kind -> folder(listing, relative, name, kind).stream())
        .findFirst();
  }

  private static Optional<Node> folder(
      Listing listing, Path relative, String name, ImageFolder kind) {
    return stem(name, kind.suffix())
        .filter(image -> listing.images().containsKey(image))
        .map(image -> new FolderOfImage(relative.resolveSibling(image), kind));
  }

  /** The kinds of folder that images may have beside their disks. */
  Set<ImageFolder> foldersOfImages() {
    return folders;
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
   * Folders that cannot be listed are left out.
   *
   * @throws IOException where SOURCE itself cannot be listed
   */
  public List<Path> allImages() throws IOException {
    List<Path> images = new ArrayList<>();
    Deque<Path> folders = new ArrayDeque<>();
    folders.add(Path.of(""));
    for (int seen = 0; !folders.isEmpty() && seen < MAX_FOLDERS; seen++) {
      Path folder = folders.remove();
      Optional<Listing> listing = seen == 0 ? listing(folder) : listingIfReadable(folder);
      if (listing.isPresent()) {
        listing.get().folders().forEach(name -> folders.add(folder.resolve(name)));
        listing.get().images().keySet().forEach(name -> images.add(folder.resolve(name)));
      }
    }
    return images;
  }

  private Optional<Listing> listingIfReadable(Path folder) {
    try {
      return listing(folder);
    } catch (IOException e) {
      log.debug("{}: {}", folder, e.getMessage());
      return Optional.empty();
    }
  }

  /** The name of an image's format; empty where it is no image any more. */
  public String formatOf(Path image) throws IOException {
    String name = String.valueOf(image.getFileName());
    return listing(parentOf(image)).map(l -> l.images().getOrDefault(name, "")).orElse("");
  }
}
