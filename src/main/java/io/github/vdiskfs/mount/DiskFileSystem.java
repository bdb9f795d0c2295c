// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.disk.VirtualDisk;
import io.github.vdiskfs.mount.ImageDirectory.Disk;
import io.github.vdiskfs.mount.ImageDirectory.Folder;
import io.github.vdiskfs.mount.ImageDirectory.Listing;
import io.github.vdiskfs.mount.ImageDirectory.Node;
import io.github.vdiskfs.posix.FileStatus;
import io.github.vdiskfs.posix.FileSystemSpace;
import io.github.vdiskfs.posix.Posix;
import io.github.vdiskfs.storage.Gate;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  /**
   * @param only the one image that is shown, or null for all
   * @param pageCache false where every read shall come to us
   */
  public DiskFileSystem(
      Gate gate, DiskOpener opener, @Nullable Path only, Ownership ownership, boolean pageCache) {
    this.gate = gate;
    this.directory = new ImageDirectory(gate, opener, only);
    this.states = new DiskStates(gate, opener);
    this.disks = new OpenDisks(opener);
    this.ownership = ownership;
    this.pageCache = pageCache;
  }

  /** The attributes of a path. */
  public Attributes attributes(String path) throws IOException {
    Node node = node(path);
    if (node instanceof Disk disk) {
      return ofDisk(states.of(disk.path()));
    }
    FileStatus host = Posix.status(gate.source().resolve(node.path()).toString());
    int mode = S_IFDIR | (host.permissions() & ~ownership.umask());
    return attributes(host, mode, 2, host.size(), host.blocks());
  }

  private Attributes ofDisk(DiskState state) {
    FileStatus host = state.status();
    boolean served = state.error() == null;
    int bits = served ? host.permissions() & FILE_BITS & ~ownership.umask() : 0;
    return attributes(host, S_IFREG | bits, 1, state.size(), state.blocks());
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
   * @param handle names the disk in {@link #disk} and {@link #release}
   * @param direct reads bypass the kernel's page cache
   * @param keepCache what the page cache holds of the file is still valid
   */
  public record OpenFile(long handle, boolean direct, boolean keepCache) {}

  /** Opens a disk for reading. */
  public OpenFile open(String path) throws IOException {
    if (!(node(path) instanceof Disk disk)) {
      throw new IsFolderException(path);
    }
    OpenDisks.Handle handle = disks.open(disk.path());
    boolean direct = !pageCache || handle.caching() == OpenDisks.Caching.BYPASS;
    return new OpenFile(handle.id(), direct, handle.caching() == OpenDisks.Caching.KEEP);
  }

  /** The disk behind a handle; on the way of every read. */
  public VirtualDisk disk(long handle) throws IOException {
    return disks.disk(handle);
  }

  /** Gives a handle back. */
  public void release(long handle) {
    disks.release(handle);
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
      return DiskStates.describe(states.of(disk.path()), source);
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
    disks.closeAll();
  }
}
