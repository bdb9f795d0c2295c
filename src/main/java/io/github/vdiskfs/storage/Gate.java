// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.storage;

import io.github.vdiskfs.posix.ErrnoException;
import io.github.vdiskfs.posix.FileStatus;
import io.github.vdiskfs.posix.Posix;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
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

  /** Longest name that an image may give: Linux' PATH_MAX. */
  private static final int MAX_NAME_CHARS = 4096;

  /** A folder with more candidates is not searched for a parent by its identity. */
  private static final int MAX_SIBLINGS = 20_000;

  private static final Pattern PROTOCOL = Pattern.compile("^[A-Za-z][A-Za-z0-9+.-]*:[^/]*.*");

  /** A folder that was opened before anything in it could be looked at. */
  private record Root(Path given, Path real, int fd) {
    static Root open(Path folder) throws IOException {
      Path given = folder.toAbsolutePath().normalize();
      int fd = Posix.open(given.toString(), Posix.O_PATH);
      if (!Posix.status(fd).isDirectory()) {
        Posix.close(fd);
        throw new FileSystemException(folder.toString(), null, "not a folder");
      }
      return new Root(given, given.toRealPath(), fd);
    }

    /** The path relative to this folder, or empty where it lies elsewhere by its words alone. */
    String relative(Path absolute) {
      for (Path folder : List.of(given, real)) {
        if (absolute.startsWith(folder) && staysBelow(absolute, folder.getNameCount())) {
          return folder.relativize(absolute).toString();
        }
      }
      return "";
    }

    boolean contains(Path absolute) {
      return absolute.startsWith(given) || absolute.startsWith(real);
    }

    private static boolean staysBelow(Path absolute, int depth) {
      int level = 0;
      for (Path part : absolute.subpath(depth, Math.max(depth + 1, absolute.getNameCount()))) {
        level += part.toString().equals("..") ? -1 : 1;
        if (level < 0) {
          return false;
        }
      }
      return true;
    }
  }

  /** How the kernel resolves a confined name. */
  private static final long BELOW = Posix.RESOLVE_BENEATH | Posix.RESOLVE_NO_MAGICLINKS;

  private final Backing policy;
  private final List<Root> roots = new ArrayList<>();
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
      roots.add(Root.open(source));
      for (Path folder : further) {
        roots.add(Root.open(folder));
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
    String relative = path.toString();
    int fd =
        Posix.openBelow(
            roots.get(0).fd(), relative.isEmpty() ? "." : relative, Posix.O_PATH, 0, BELOW);
    try {
      return Posix.status(fd);
    } finally {
      Posix.close(fd);
    }
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
    Root source = roots.get(0);
    Path absolute = source.given().resolve(path);
    return openBelow(source, source.given().relativize(absolute).toString(), absolute);
  }

  /**
   * Makes a new image of SOURCE, empty and writable.
   *
   * @param path its path below SOURCE
   * @param permissions as in open(2)
   * @throws java.nio.file.FileAlreadyExistsException where there is a file of that name
   */
  public FileStorage createImage(Path path, int permissions) throws IOException {
    Root source = roots.get(0);
    Path absolute = source.given().resolve(path);
    return createBelow(
        source, source.given().relativize(absolute).toString(), absolute, permissions);
  }

  private static FileStorage createBelow(Root root, String relative, Path shown, int permissions)
      throws IOException {
    int flags = Posix.O_RDWR | Posix.O_CREAT | Posix.O_EXCL;
    try {
      int fd = Posix.openBelow(root.fd(), relative, flags, permissions, BELOW);
      return FileStorage.adoptNew(shown, fd);
    } catch (ErrnoException e) {
      if (e.errno() == ErrnoException.EEXIST) {
        throw new FileAlreadyExistsException(shown.toString(), null, "exists already");
      }
      throw explained(e, shown);
    }
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
        throw new FileDeniedException(printable(name), "lies on this mount itself");
      }
      try {
        return policy == Backing.ANY ? openAnywhere(absolute) : openConfined(name, absolute);
      } catch (NotRegularFileException e) {
        throw new FileDeniedException(printable(name), e.getReason());
      }
    }

    private Path resolve(String name) throws IOException {
      try {
        return folder.resolve(plainPath(name));
      } catch (InvalidPathException e) {
        throw new FileDeniedException(printable(name), "not a file name on this host");
      }
    }

    @Override
    public Storage create(String name) throws IOException {
      Path absolute = folder.resolve(plainPath(name)).normalize();
      for (Root root : roots) {
        String relative = root.relative(absolute);
        if (!relative.isEmpty()) {
          return createBelow(root, relative, absolute, DEFAULT_PERMISSIONS);
        }
      }
      throw denied(name);
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

  /** The path in a name, with {@code file:} taken off and everything else with a colon refused. */
  private static String plainPath(String name) throws IOException {
    if (name.isEmpty() || name.length() > MAX_NAME_CHARS || name.indexOf('\0') >= 0) {
      throw new FileDeniedException(printable(name), "not a usable file name");
    }
    String path = name.startsWith("file:") ? name.substring("file:".length()) : name;
    if (path.isEmpty() || PROTOCOL.matcher(path).matches()) {
      throw new FileDeniedException(
          printable(name), "only plain file names are followed, no protocols (json:, nbd:, ...)");
    }
    return path;
  }

  private static String printable(String name) {
    String shown = name.length() > 200 ? name.substring(0, 200) + "..." : name;
    return shown.replaceAll("\\p{Cntrl}", "?");
  }

  private static FileStorage openAnywhere(Path absolute) throws IOException {
    try {
      return FileStorage.open(absolute);
    } catch (ErrnoException e) {
      throw missing(e, absolute);
    }
  }

  private FileStorage openConfined(String name, Path absolute) throws IOException {
    for (Path candidate : List.of(absolute, absolute.normalize())) {
      for (Root root : roots) {
        String relative = root.relative(candidate);
        if (!relative.isEmpty()) {
          return openBelow(root, relative, candidate);
        }
      }
    }
    throw denied(name);
  }

  private static FileStorage openBelow(Root root, String relative, Path shown) throws IOException {
    try {
      return FileStorage.adopt(shown, Posix.openBelow(root.fd(), relative, Posix.O_PATH, 0, BELOW));
    } catch (ErrnoException e) {
      throw explained(e, shown);
    }
  }

  private static IOException explained(ErrnoException e, Path shown) {
    if (e.errno() == ErrnoException.EXDEV || e.errno() == ErrnoException.ELOOP) {
      return denied(shown.toString());
    }
    if (e.errno() == ErrnoException.ENOSYS) {
      return new FileSystemException(
          shown.toString(), null, "vdiskfs needs Linux 5.6 or later (openat2)");
    }
    return missing(e, shown);
  }

  private static FileDeniedException denied(String name) {
    return new FileDeniedException(
        printable(name),
        "lies outside the folder of images; -o backing_dir=DIR or -o backing=any allows it");
  }

  private static IOException missing(ErrnoException e, Path path) {
    if (e.errno() == ErrnoException.ENOENT || e.errno() == ErrnoException.ENOTDIR) {
      return new NoSuchFileException(path.toString(), null, "no such file");
    }
    return e;
  }

  @Override
  public void close() {
    for (Root root : roots) {
      Posix.close(root.fd());
    }
    roots.clear();
  }
}
