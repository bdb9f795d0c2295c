// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import io.github.vdiskfs.mount.ImageDirectory.Disk;
import io.github.vdiskfs.mount.ImageDirectory.FolderOfImage;
import io.github.vdiskfs.mount.ImageDirectory.Node;
import io.github.vdiskfs.partition.Partition;
import io.github.vdiskfs.posix.FileStatus;
import io.github.vdiskfs.storage.Gate;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Attributes of what has a name in the mount. */
final class Metadata {
  private static final int S_IFDIR = 0x4000;
  private static final int S_IFREG = 0x8000;

  /** Read and write for everybody: what is left of an image's permissions. */
  static final int FILE_BITS = 0666;

  private static final int READ_BITS = 0444;

  /** On the mount's root, so that whoever unmounts can wait for the server's end. */
  private static final Map<String, String> SERVER =
      Map.of("user.vdiskfs.pid", String.valueOf(ProcessHandle.current().pid()));

  private final Gate gate;
  private final DiskStates states;
  private final KnownContents contents;
  private final OpenDisks disks;
  private final Damages damages;
  private final Ownership ownership;

  Metadata(
      Gate gate,
      DiskStates states,
      KnownContents contents,
      OpenDisks disks,
      Damages damages,
      Ownership ownership) {
    this.gate = gate;
    this.states = states;
    this.contents = contents;
    this.disks = disks;
    this.damages = damages;
    this.ownership = ownership;
  }

  /** What stat(2) says. */
  Attributes of(Node node) throws IOException {
    if (node instanceof Disk file) {
      return of(file);
    }
    FileStatus host = gate.status(node.path());
    if (node instanceof FolderOfImage folder) {
      int readable = host.permissions() & READ_BITS;
      int bits = readable | readable >> 2;
      return attributes(
          host, InodeNumbers.of(host.inode(), folder.kind().suffix()), S_IFDIR | bits, 2, 0, 0);
    }
    int mode = S_IFDIR | host.permissions();
    return attributes(host, host.inode(), mode, 2, host.size(), host.blocks());
  }

  private Attributes of(Disk file) throws IOException {
    DiskState state = states.of(file.path());
    // A reader of a disk that was replaced meanwhile must not take the new one's end for its own.
    long open = disks.largestOther(file, state.status());
    if (file.view() instanceof View.Part part) {
      Optional<Partition> partition = contents.of(file.path()).find(part);
      if (partition.isEmpty() && open == 0) {
        throw new NoSuchFileException(file.toString());
      }
      return of(file, state, Math.max(open, partition.map(Partition::sizeBytes).orElse(0L)), true);
    }
    if (file.view() instanceof View.Snapshot snapshot) {
      Optional<SnapshotFile> there = contents.of(file.path()).find(snapshot);
      if (there.isEmpty() && open == 0) {
        throw new NoSuchFileException(file.toString());
      }
      boolean served = there.isEmpty() || there.get().error() == null;
      return of(file, state, Math.max(open, there.map(SnapshotFile::size).orElse(0L)), served);
    }
    return of(file, state, Math.max(open, state.size()), true);
  }

  /** What stat(2) says of a file that is open while its image or its partition is gone. */
  Optional<Attributes> ofOpen(Disk file) throws IOException {
    Optional<DiskState> state = disks.stateOf(file);
    return state.isEmpty()
        ? Optional.empty()
        : Optional.of(of(file, state.get(), disks.largestOpen(file), true));
  }

  private Attributes of(Disk file, DiskState state, long size, boolean served) {
    FileStatus host = state.status();
    boolean snapshot = file.view() instanceof View.Snapshot;
    int bits = host.permissions() & (snapshot ? READ_BITS : FILE_BITS);
    boolean readable = served && state.error() == null;
    if (state.error() != null) {
      states.tell(file.path());
    }
    long inode = file.view().inode(host.inode());
    long blocks = state.blocks(size, file.view() instanceof View.Part);
    return attributes(host, inode, S_IFREG | (readable ? bits : 0), 1, size, blocks);
  }

  private Attributes attributes(
      FileStatus host, long inode, int mode, int links, long size, long blocks) {
    return new Attributes(
        mode & ~ownership.umask(),
        links,
        inode,
        ownership.uid() < 0 ? host.uid() : ownership.uid(),
        ownership.gid() < 0 ? host.gid() : ownership.gid(),
        size,
        blocks,
        host.accessed(),
        host.modified(),
        host.changed());
  }

  /**
   * Extended attributes, by name.
   *
   * @param writes knows what keeps a disk from being written
   */
  Map<String, String> extended(Node node, DiskWrites writes) throws IOException {
    if (node instanceof FolderOfImage folder) {
      Map<String, String> words = describe(node);
      String problems = contents.of(folder.path()).problems(folder.kind());
      if (!problems.isEmpty()) {
        words.putIfAbsent(DiskStates.ERROR_ATTRIBUTE, problems);
      }
      return words;
    }
    if (node instanceof Disk file) {
      Map<String, String> words = describe(node);
      reason(file, writes).ifPresent(why -> words.putIfAbsent(DiskStates.ERROR_ATTRIBUTE, why));
      return words;
    }
    return node.path().toString().isEmpty() ? SERVER : Map.of();
  }

  private Map<String, String> describe(Node node) throws IOException {
    String source = gate.source().resolve(node.path()).toString();
    return new TreeMap<>(DiskStates.describe(states.of(node.path()), source));
  }

  /** Why a file cannot be read or written, or not all of it. */
  private Optional<String> reason(Disk file, DiskWrites writes) throws IOException {
    if (file.view() instanceof View.Snapshot snapshot) {
      return contents.of(file.path()).find(snapshot).flatMap(SnapshotFile::problem);
    }
    Optional<String> refusal = writes.refusal(file.path());
    return damages.of(file.path()).or(() -> refusal).or(() -> writes.conflict(file.path()));
  }
}
