// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import io.github.vdiskfs.posix.ErrnoException;
import io.github.vdiskfs.posix.FileStatus;
import io.github.vdiskfs.posix.Posix;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The one way to a file inside SOURCE, and the only one to a file that an image names.
 *
 * <p>A confined name is resolved by the kernel below a folder that was opened beforehand ({@code
 * openat2} with {@code RESOLVE_BENEATH}): a link or a {@code ..} that leaves the folder fails in
 * the same step that opens the file, so that nothing can be swapped between check and use. What was
 * opened must be a regular file ({@link FileStorage#adopt}).
 *
 * <p>Names with a protocol ({@code json:}, {@code nbd:}) are refused under every policy; {@code
 * file:} is a plain path.
 */
public final class Gate implements Closeable {
  /** Where files that an image names may lie. */
  public enum Backing {
    /** Inside SOURCE or a further allowed folder. */
    CONFINED,
    /** Nowhere: an image that names a file is refused. */
    NONE,
    /** Anywhere on the host. */
    ANY
  }

  /** Of files that are made beside a new image; the process' umask takes from them. */
  private static final int DEFAULT_PERMISSIONS = 0644;

  /** A folder with more candidates is not searched for a parent by its identity. */
  private static final int MAX_SIBLINGS = 20_000;

  private final Backing policy;
  private final List<RootFolder> roots = new ArrayList<>();
  private volatile @Nullable OwnMount ownMount;

  /**
   * Opens the folders that files may lie in.
   *
   * @param source the folder of images; always allowed for the images themselves
   * @param further other folders in which files that images name may lie
   */
  public Gate(Path source, Backing policy, List<Path> further) throws IOException {
    this.policy = policy;
    try {
      roots.add(RootFolder.open(source));
      for (Path folder : further) {
        roots.add(RootFolder.open(folder));
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /**
   * Tells where this process is about to mount. SOURCE lies apart from it; names that lead anywhere
   * else are followed only where they do not lead there.
   *
   * @param mountPoint absolute, without links
   */
  public void keepOff(Path mountPoint) {
    ownMount = new OwnMount(mountPoint);
  }

  /** SOURCE, as an absolute path. */
  public Path source() {
    return roots.get(0).given();
  }

  /**
   * What the host says of a file or folder of SOURCE, by the same rules as it is opened: a link is
   * followed inside SOURCE only. To follow it elsewhere may wait for ever: for a server that is
   * gone, or for this one where it leads to its own mount.
   *
   * @param path relative to SOURCE
   * @throws ErrnoException with EXDEV or ELOOP where a link on the way leads out of SOURCE
   */
  public FileStatus status(Path path) throws ErrnoException {
    return roots.get(0).status(path.toString());
  }

  /**
   * As {@link #status}, of a file that was opened before; outside of SOURCE links are followed.
   *
   * @param file absolute
   */
  public FileStatus statusOf(Path file) throws ErrnoException {
    String relative = roots.get(0).relative(file);
    return relative.isEmpty() ? Posix.status(file.toString()) : status(Path.of(relative));
  }

  /**
   * Opens an image of SOURCE itself.
   *
   * @param path its path below SOURCE
   * @throws FileDeniedException where a link on the way leads out of SOURCE
   */
  public FileStorage openImage(Path path) throws IOException {
    RootFolder source = roots.get(0);
    Path absolute = source.given().resolve(path);
    return source.openBelow(source.given().relativize(absolute).toString(), absolute);
  }

  /**
   * Makes a new image of SOURCE, empty and writable.
   *
   * @param path its path below SOURCE
   * @param permissions as in open(2)
   * @throws java.nio.file.FileAlreadyExistsException where there is a file of that name
   */
  public FileStorage createImage(Path path, int permissions) throws IOException {
    RootFolder source = roots.get(0);
    Path absolute = source.given().resolve(path);
    return source.createBelow(
        source.given().relativize(absolute).toString(), absolute, permissions);
  }

  /** Removes a file that was just made, where its name still stands for it. */
  public void remove(FileStorage made) throws IOException {
    if (Posix.linkStatus(made.name()).sameFile(made.status())) {
      Files.deleteIfExists(made.path());
    }
  }

  /** Makes the names in the folder of a new file durable. */
  public void syncFolder(Path path) throws IOException {
    Path folder = source().resolve(path).getParent();
    int fd = Posix.open(String.valueOf(folder), Posix.O_RDONLY);
    try {
      Posix.sync(fd);
    } finally {
      Posix.close(fd);
    }
  }

  /** The opener for the names in the image at {@code image}. */
  public StorageOpener openerFor(Path image) {
    Path absolute = image.toAbsolutePath();
    Path folder = absolute.getParent();
    return new ImageOpener(folder == null ? absolute : folder);
  }

  /** A folder as this gate sees it. */
  private record FolderId(Gate gate, Path folder) {}

  private final class ImageOpener implements StorageOpener {
    private final Path folder;

    ImageOpener(Path folder) {
      this.folder = folder;
    }

    @Override
    public Storage open(String name) throws IOException {
      if (policy == Backing.NONE) {
        throw new FileDeniedException(
            name, "images may not name other files here; -o backing=confined allows it");
      }
      Path absolute = resolve(name);
      OwnMount own = ownMount;
      if (own != null && (policy == Backing.ANY || roots.size() > 1) && own.contains(absolute)) {
        throw new FileDeniedException(GivenName.printable(name), "lies on this mount itself");
      }
      try {
        return policy == Backing.ANY ? openAnywhere(absolute) : openConfined(name, absolute);
      } catch (NotRegularFileException e) {
        throw new FileDeniedException(GivenName.printable(name), e.getReason());
      }
    }

    private Path resolve(String name) throws IOException {
      try {
        return folder.resolve(GivenName.path(name));
      } catch (InvalidPathException e) {
        throw new FileDeniedException(GivenName.printable(name), "not a file name on this host");
      }
    }

    @Override
    public Storage create(String name) throws IOException {
      Path absolute = folder.resolve(GivenName.path(name)).normalize();
      for (RootFolder root : roots) {
        String relative = root.relative(absolute);
        if (!relative.isEmpty()) {
          return root.createBelow(relative, absolute, DEFAULT_PERMISSIONS);
        }
      }
      throw RootFolder.denied(name);
    }

    @Override
    public Object folder() {
      return new FolderId(Gate.this, folder);
    }

    @Override
    public List<String> siblings(String suffix) throws IOException {
      return policy == Backing.NONE ? List.of() : list(folder, "", suffix);
    }

    @Override
    public List<String> siblingsAbove(String suffix) throws IOException {
      Path above = folder.getParent();
      return above != null && mayBeNamed(above) ? list(above, "../", suffix) : List.of();
    }
  }

  private boolean mayBeNamed(Path directory) {
    return switch (policy) {
      case NONE -> false;
      case CONFINED -> roots.stream().anyMatch(root -> root.contains(directory));
      case ANY -> true;
    };
  }

  private static List<String> list(Path directory, String prefix, String suffix)
      throws IOException {
    String wanted = suffix.toLowerCase(Locale.ROOT);
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(p -> String.valueOf(p.getFileName()))
          .filter(n -> n.toLowerCase(Locale.ROOT).endsWith(wanted))
          .limit(MAX_SIBLINGS)
          .sorted()
          .map(n -> prefix + n)
          .toList();
    }
  }

  private static FileStorage openAnywhere(Path absolute) throws IOException {
    try {
      return FileStorage.open(absolute);
    } catch (ErrnoException e) {
      throw FileStorage.explained(e, absolute);
    }
  }

  private FileStorage openConfined(String name, Path absolute) throws IOException {
    for (Path candidate : List.of(absolute, absolute.normalize())) {
      for (RootFolder root : roots) {
        String relative = root.relative(candidate);
        if (!relative.isEmpty()) {
          return root.openBelow(relative, candidate);
        }
      }
    }
    throw RootFolder.denied(name);
  }

  @Override
  public void close() {
    for (RootFolder root : roots) {
      Posix.close(root.fd());
    }
    roots.clear();
  }
}
