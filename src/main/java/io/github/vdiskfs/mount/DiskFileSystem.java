// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.disk.Volume;
import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.mount.CachedPages.Caching;
import io.github.vdiskfs.mount.ImageDirectory.Disk;
import io.github.vdiskfs.mount.ImageDirectory.Folder;
import io.github.vdiskfs.mount.ImageDirectory.FolderOfImage;
import io.github.vdiskfs.mount.ImageDirectory.Listing;
import io.github.vdiskfs.mount.ImageDirectory.Node;
import io.github.vdiskfs.mount.OpenVolume.Opening;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The file system in plain Java: paths as the kernel sees them in, records out, exceptions for what
 * goes wrong. Safe for any number of threads.
 */
public final class DiskFileSystem implements Closeable {
  private final Gate gate;
  private final ImageDirectory directory;
  private final DiskStates states;
  private final KnownContents contents;
  private final FolderLook look;
  private final OpenDisks disks;
  private final Metadata metadata;
  private final boolean pageCache;
  private final DiskWrites writes;
  private final HostChanges changes;
  private final Damages damages;

  /**
   * @param only the one image that is shown, or null for all
   */
  public DiskFileSystem(Gate gate, DiskOpener opener, @Nullable Path only, MountPolicy policy) {
    this.gate = gate;
    this.directory = new ImageDirectory(gate, opener, only, policy.folders());
    this.disks = new OpenDisks(opener);
    this.states = new DiskStates(gate, opener, disks);
    this.contents = new KnownContents(opener, states, disks);
    this.look = new FolderLook(contents, disks);
    this.damages = new Damages(gate);
    this.metadata = new Metadata(gate, states, contents, disks, damages, policy.ownership());
    this.pageCache = policy.pageCache();
    BaseImages bases = new BaseImages(directory, states);
    this.writes = new DiskWrites(gate, opener, disks, policy.writeBases() ? null : bases);
    this.changes = new HostChanges(disks);
  }

  /**
   * The attributes of a path. The kernel asks for them before it reads, so they must be there as
   * long as the disk is open, whatever became of the image.
   */
  public Attributes attributes(String path) throws IOException {
    try {
      return metadata.of(node(path));
    } catch (NoSuchFileException | ErrnoException e) {
      for (Disk file : ImageDirectory.filesNamed(path)) {
        Optional<Attributes> open = metadata.ofOpen(file);
        if (open.isPresent()) {
          return open.get();
        }
      }
      throw e;
    }
  }

  /** The names in a folder, without {@code .} and {@code ..}. */
  public List<String> list(String path) throws IOException {
    Node node = node(path);
    if (node instanceof FolderOfImage folder) {
      return contents.of(folder.path()).names(folder.kind());
    }
    if (node instanceof Folder folder) {
      Listing listing = directory.listing(folder.path()).orElseThrow(() -> noSuchFile(path));
      return new ArrayList<>(names(folder.path(), listing));
    }
    throw new NotFolderException(path);
  }

  private Set<String> names(Path folder, Listing listing) throws IOException {
    Set<String> names = new LinkedHashSet<>(listing.folders());
    List<Path> images = listing.images().keySet().stream().map(folder::resolve).toList();
    Set<ImageFolder> kinds = directory.foldersOfImages();
    Map<Path, Contents> found = kinds.isEmpty() ? Map.of() : look.of(images);
    for (Path image : images) {
      String name = String.valueOf(image.getFileName());
      names.add(name + ImageDirectory.SUFFIX);
      Contents inside = found.getOrDefault(image, Contents.NONE);
      kinds.stream().filter(inside::has).forEach(kind -> names.add(name + kind.suffix()));
    }
    return names;
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
    Disk file = file(path);
    OpenDisks.Handle handle =
        writing ? writes.open(file, kernelNode) : openForReading(file, kernelNode);
    changes.opened(handle.id(), kernelNode);
    return opened(handle, states.forgetFailure(file.path()));
  }

  /** What others lock, of an image or of the files that it names, is no change of these files. */
  private OpenDisks.Handle openForReading(Disk file, long kernelNode) throws IOException {
    FileStatus status = gate.status(file.path());
    try {
      return disks.open(new Opening(file, kernelNode, false), status);
    } catch (IOException e) {
      if (Openings.isInUse(e) && disks.stateOf(file.path()).isEmpty()) {
        states.failed(file.path(), status, e);
      }
      throw e;
    }
  }

  private Disk file(String path) throws IOException {
    if (node(path) instanceof Disk file) {
      return file;
    }
    throw new IsFolderException(path);
  }

  /** Has somebody told what is old when an image that is open was changed by others on the host. */
  public void watch(Consumer<StalePages> changed) {
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

  /**
   * Changes the size of a file, or discards all its data where {@code size} is 0.
   *
   * @param kernelNode the kernel's number of it
   * @return what the kernel may have cached as it was before
   */
  public List<StalePages> truncate(String path, long size, long kernelNode) throws IOException {
    OpenDisks.Handle handle = writes.open(file(path), kernelNode);
    try {
      return truncate(handle.id(), size, kernelNode);
    } finally {
      disks.release(handle.id());
    }
  }

  /** As {@link #truncate(String, long, long)}, through a handle. */
  public List<StalePages> truncate(long handle, long size, long kernelNode) throws IOException {
    long before = disks.volume(handle).size();
    writes.truncate(handle, size);
    List<StalePages> stale = new ArrayList<>(disks.staleAfter(handle, 0, Math.max(before, size)));
    stale.add(StalePages.allOf(kernelNode));
    return stale;
  }

  /**
   * Writes {@code source} to a disk.
   *
   * @return bytes written: fewer than there are where the disk ends
   */
  public int write(long handle, ByteBuffer source, long offset) throws IOException {
    return writes.write(handle, source, offset);
  }

  /**
   * What the kernel may have cached, of other files that show the same bytes, as it was before a
   * write or a zeroing through a handle. To be dropped before the change is answered.
   */
  public List<StalePages> staleAfter(long handle, long offset, long length) {
    return disks.staleAfter(handle, offset, length);
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
      file.setPermissions(permissions & Metadata.FILE_BITS);
    }
  }

  private FileStorage imageFile(String path) throws IOException {
    if (node(path) instanceof Disk file) {
      if (file.view() instanceof View.Snapshot) {
        throw new ImageException(
            ImageException.Kind.READ_ONLY, path + ": an internal snapshot is never changed");
      }
      return gate.openImage(file.path());
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

  /** A request for the disk behind a handle failed. */
  public void failed(long handle, Throwable failure) {
    disks.pathOf(handle).ifPresent(image -> damages.met(image, failure));
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
    long unit = node(path) instanceof Disk file ? states.of(file.path()).unitSize() : 0;
    return new Space(unit > 0 ? unit : host.unitBytes(), host);
  }

  /** The extended attributes of a path, by name. */
  public Map<String, String> extendedAttributes(String path) throws IOException {
    return metadata.extended(node(path), writes);
  }

  private Node node(String path) throws IOException {
    Node node = directory.find(path).orElseThrow(() -> noSuchFile(path));
    if (node instanceof FolderOfImage folder && !contents.of(folder.path()).has(folder.kind())) {
      throw noSuchFile(path);
    }
    return node;
  }

  private static NoSuchFileException noSuchFile(String path) {
    return new NoSuchFileException(Path.of(path).toString());
  }

  @Override
  public void close() {
    look.close();
    changes.close();
    writes.close();
    disks.closeAll();
  }
}
