// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.disk.Volume;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.mount.CachedPages.Caching;
import io.github.vdiskfs.mount.ImageDirectory.Disk;
import io.github.vdiskfs.mount.ImageDirectory.Folder;
import io.github.vdiskfs.mount.ImageDirectory.Listing;
import io.github.vdiskfs.mount.ImageDirectory.Node;
import io.github.vdiskfs.posix.ErrnoException;
import io.github.vdiskfs.posix.FileStatus;
import io.github.vdiskfs.posix.FileStatus.Time;
import io.github.vdiskfs.posix.FileSystemSpace;
import io.github.vdiskfs.posix.Posix;
import io.github.vdiskfs.storage.FileStorage;
import io.github.vdiskfs.storage.Gate;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The file system in plain Java: paths as the kernel sees them in, records out, exceptions for what
 * goes wrong. Safe for any number of threads.
 */
public final class DiskFileSystem implements Closeable {
  private static final int S_IFDIR = 0x4000;
  private static final int S_IFREG = 0x8000;

  /** Read and write for everybody: what is left of an image's permissions. */
  private static final int FILE_BITS = 0666;

  /** On the mount's root, so that whoever unmounts can wait for the server's end. */
  private static final Map<String, String> SERVER =
      Map.of("user.vdiskfs.pid", String.valueOf(ProcessHandle.current().pid()));

  private final Gate gate;
  private final ImageDirectory directory;
  private final DiskStates states;
  private final OpenDisks disks;
  private final Ownership ownership;
  private final boolean pageCache;
  private final DiskWrites writes;
  private final HostChanges changes;

  /**
   * @param only the one image that is shown, or null for all
   * @param pageCache false where every read shall come to us
   * @param writeBases images that others are based on may be written
   */
  public DiskFileSystem(
      Gate gate,
      DiskOpener opener,
      @Nullable Path only,
      Ownership ownership,
      boolean pageCache,
      boolean writeBases) {
    this.gate = gate;
    this.directory = new ImageDirectory(gate, opener, only);
    this.disks = new OpenDisks(opener);
    this.states = new DiskStates(gate, opener, disks);
    this.ownership = ownership;
    this.pageCache = pageCache;
    BaseImages bases = new BaseImages(directory, states);
    this.writes = new DiskWrites(gate, opener, disks, writeBases ? null : bases);
    this.changes = new HostChanges(disks);
  }

  /**
   * The attributes of a path. The kernel asks for them before it reads, so they must be there as
   * long as the disk is open, whatever became of the image.
   */
  public Attributes attributes(String path) throws IOException {
    try {
      return attributesNow(path);
    } catch (NoSuchFileException | ErrnoException e) {
      Optional<Path> image = ImageDirectory.imageNamed(path);
      Optional<DiskState> open = image.isEmpty() ? Optional.empty() : disks.stateOf(image.get());
      return ofDisk(open.orElseThrow(() -> e), 0);
    }
  }

  private Attributes attributesNow(String path) throws IOException {
    Node node = node(path);
    if (node instanceof Disk disk) {
      DiskState state = states.of(disk.path());
      // A reader of a disk that was replaced meanwhile must not take the new one's end for its own.
      return ofDisk(state, disks.largestReplaced(disk, state.status()));
    }
    FileStatus host = gate.status(node.path());
    int mode = S_IFDIR | (host.permissions() & ~ownership.umask());
    return attributes(host, mode, 2, host.size(), host.blocks());
  }

  private Attributes ofDisk(DiskState state, long leastSize) {
    FileStatus host = state.status();
    boolean served = state.error() == null;
    int bits = served ? host.permissions() & FILE_BITS & ~ownership.umask() : 0;
    long size = Math.max(state.size(), leastSize);
    return attributes(host, S_IFREG | bits, 1, size, state.blocks());
  }

  private Attributes attributes(FileStatus host, int mode, int links, long size, long blocks) {
    return new Attributes(
        mode,
        links,
        host.inode(),
        ownership.uid() < 0 ? host.uid() : ownership.uid(),
        ownership.gid() < 0 ? host.gid() : ownership.gid(),
        size,
        blocks,
        host.accessed(),
        host.modified(),
        host.changed());
  }

  /** The names in a folder, without {@code .} and {@code ..}. */
  public List<String> list(String path) throws IOException {
    Node node = node(path);
    if (node instanceof Folder folder) {
      Listing listing = directory.listing(folder.path()).orElseThrow(() -> noSuchFile(path));
      List<String> names = new ArrayList<>(listing.folders());
      for (String image : listing.images().keySet()) {
        String name = image + ImageDirectory.SUFFIX;
        if (!listing.folders().contains(name)) {
          names.add(name);
        }
      }
      return names;
    }
    throw new NotFolderException(path);
  }

  /**
   * An opened file.
   *
   * @param handle names the volume in {@link #volume} and {@link #release}
   * @param direct reads bypass the kernel's page cache
   * @param keepCache what the page cache holds of the file is still valid
   * @param recovered a moment ago the disk could not be served, and had the size 0
   */
  public record OpenFile(long handle, boolean direct, boolean keepCache, boolean recovered) {}

  /**
   * Opens a disk.
   *
   * @param writing for writing as well
   * @param kernelNode what {@link #watch} names the file by
   */
  public OpenFile open(String path, boolean writing, long kernelNode) throws IOException {
    if (!(node(path) instanceof Disk disk)) {
      throw new IsFolderException(path);
    }
    OpenDisks.Handle handle = writing ? writes.open(disk) : disks.open(disk, status(disk), false);
    changes.opened(handle.id(), kernelNode);
    return opened(handle, states.forgetFailure(disk.path()));
  }

  /**
   * Has somebody told, with the number of the kernel's node, when an image that is open was changed
   * on the host by others.
   */
  public void watch(LongConsumer changed) {
    changes.start(changed);
  }

  /** Whom a new file belongs to. */
  public record Owner(int uid, int gid) {}

  /**
   * Makes an image of the format that the name says and opens its disk for writing; it grows with
   * what is written until it is closed.
   *
   * @param path such as {@code /new.qcow2.raw}
   * @param permissions as in open(2)
   */
  public OpenFile create(String path, int permissions, Owner owner) throws IOException {
    Path image =
        ImageDirectory.imageNamed(path)
            .orElseThrow(
                () -> ImageException.badName(path + ": a file that is not called NAME.FORMAT.raw"));
    OpenDisks.Handle handle = writes.create(image, permissions, owner);
    directory.forget(image);
    return opened(handle, false);
  }

  private OpenFile opened(OpenDisks.Handle handle, boolean recovered) {
    boolean direct = !pageCache || handle.caching() == Caching.BYPASS;
    boolean keep = handle.caching() == Caching.KEEP;
    return new OpenFile(handle.id(), direct, keep, recovered);
  }

  private FileStatus status(Disk disk) throws IOException {
    return gate.status(disk.path());
  }

  /** Changes the size of a disk, or discards all its data where {@code size} is 0. */
  public void truncate(String path, long size) throws IOException {
    if (!(node(path) instanceof Disk disk)) {
      throw new IsFolderException(path);
    }
    OpenDisks.Handle handle = writes.open(disk);
    try {
      writes.truncate(handle.id(), size);
    } finally {
      disks.release(handle.id());
    }
  }

  /** As {@link #truncate(String, long)}, through a handle. */
  public void truncate(long handle, long size) throws IOException {
    writes.truncate(handle, size);
  }

  /**
   * Writes {@code source} to a disk.
   *
   * @return bytes written: fewer than there are where the disk ends
   */
  public int write(long handle, ByteBuffer source, long offset) throws IOException {
    return writes.write(handle, source, offset);
  }

  /** Makes a range read as zero. */
  public void zero(long handle, long offset, long length) throws IOException {
    disks.volume(handle).zero(offset, length);
  }

  /** Returns when everything written to a disk is on the host's disk. */
  public void flush(long handle) throws IOException {
    disks.volume(handle).flush();
  }

  /** As {@link #flush}, for all disks; a failure is logged. */
  public void flushAll() {
    writes.flushAll();
  }

  /** Somebody closed a handle: what was written does not end with this process. */
  public void flushTables(long handle) throws IOException {
    disks.volume(handle).flushTables();
  }

  /** Sets the times of a disk's image file; null leaves one as it is. */
  public void setTimes(String path, @Nullable Time accessed, @Nullable Time modified)
      throws IOException {
    try (FileStorage file = imageFile(path)) {
      file.setTimes(accessed, modified);
    }
  }

  /** Sets the permissions of a disk's image file, as far as files here have any. */
  public void setPermissions(String path, int permissions) throws IOException {
    try (FileStorage file = imageFile(path)) {
      file.setPermissions(permissions & FILE_BITS);
    }
  }

  private FileStorage imageFile(String path) throws IOException {
    if (node(path) instanceof Disk disk) {
      return gate.openImage(disk.path());
    }
    throw new AccessDeniedException(path, null, "folders belong to SOURCE");
  }

  /** What is behind a handle; on the way of every read. */
  public Volume volume(long handle) throws IOException {
    return disks.volume(handle);
  }

  /** As {@link #volume}, for a read that the kernel asked for. */
  public Volume volumeForRead(long handle) throws IOException {
    return disks.volumeForRead(handle);
  }

  /** Gives a handle back. */
  public void release(long handle) {
    changes.released(handle);
    writes.release(handle);
  }

  /**
   * Space as statfs(2) shows it.
   *
   * @param unitBytes the preferred unit: a disk's cluster size, which a loop device takes as its
   *     discard granularity
   */
  public record Space(long unitBytes, FileSystemSpace host) {}

  /** The host's space, with the unit of the disk at a path. */
  public Space space(String path) throws IOException {
    FileSystemSpace host = Posix.space(gate.source().toString());
    long unit = node(path) instanceof Disk disk ? states.of(disk.path()).unitSize() : 0;
    return new Space(unit > 0 ? unit : host.unitBytes(), host);
  }

  /** The extended attributes of a path, by name. */
  public Map<String, String> extendedAttributes(String path) throws IOException {
    Node node = node(path);
    if (node instanceof Disk disk) {
      String source = gate.source().resolve(disk.path()).toString();
      Map<String, String> words =
          new TreeMap<>(DiskStates.describe(states.of(disk.path()), source));
      writes
          .refusal(disk.path())
          .or(() -> writes.conflict(disk.path()))
          .ifPresent(why -> words.putIfAbsent(DiskStates.ERROR_ATTRIBUTE, why));
      return words;
    }
    return node.path().toString().isEmpty() ? SERVER : Map.of();
  }

  private Node node(String path) throws IOException {
    return directory.find(path).orElseThrow(() -> noSuchFile(path));
  }

  private static NoSuchFileException noSuchFile(String path) {
    return new NoSuchFileException(Path.of(path).toString());
  }

  @Override
  public void close() {
    changes.close();
    writes.close();
    disks.closeAll();
  }
}
