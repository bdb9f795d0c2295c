// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.disk.Slice;
import io.github.vdiskfs.disk.VirtualDisk;
import io.github.vdiskfs.disk.Volume;
import io.github.vdiskfs.mount.ImageDirectory.Disk;
import io.github.vdiskfs.partition.Partition;
import io.github.vdiskfs.posix.FileStatus;
import io.github.vdiskfs.storage.FileStorage;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An open disk that any number of handles use; {@link SharedDisks} counts them. */
final class SharedDisk {
  private final Path path;
  private final DiskOpener.Opened opened;
  private final List<FileStatus> version;
  private final LiveContents contents;
  private volatile List<OpenVolume> volumes = List.of();
  private volatile boolean startsWriting;
  private volatile boolean hasAlias;
  private volatile @Nullable DiskState lastState;

  /**
   * @param path by which it was first opened, relative to SOURCE
   */
  SharedDisk(Path path, DiskOpener.Opened opened) {
    this.path = path;
    this.opened = opened;
    this.version = versionOf(opened);
    this.contents = new LiveContents(opened.disk());
  }

  /** The status that every file of a chain had when it was opened. */
  static List<FileStatus> versionOf(DiskOpener.Opened opened) {
    return opened.files().stream().map(FileStorage::status).toList();
  }

  Path path() {
    return path;
  }

  DiskOpener.Opened opened() {
    return opened;
  }

  VirtualDisk disk() {
    return opened.disk();
  }

  /** Takes note of the state, for those who ask for it while the disk is being closed. */
  void rememberState() {
    try {
      lastState = DiskStates.describe(opened);
    } catch (IOException e) {
      lastState = null;
    }
  }

  /** The state when the last but one user left; empty where it was not to be had. */
  Optional<DiskState> lastState() {
    return Optional.ofNullable(lastState);
  }

  /** What is on the disk now. */
  Contents contents() {
    return contents.get();
  }

  /** As {@link #contents}, as far as it was asked for before. */
  Contents knownContents() {
    return contents.known();
  }

  /**
   * What a file of the mount shows of the disk now. A partition stays where it is, whatever becomes
   * of the table.
   */
  Volume volume(Disk file) throws IOException {
    if (file.view() instanceof View.Part part) {
      Partition found = contents().find(part).orElseThrow(() -> noSuchFile(file));
      return new Slice(disk(), found.startOffset(), found.sizeBytes());
    }
    if (file.view() instanceof View.Snapshot snapshot) {
      SnapshotFile found = contents().find(snapshot).orElseThrow(() -> noSuchFile(file));
      return disk().snapshot(found.id());
    }
    return disk();
  }

  private static NoSuchFileException noSuchFile(Disk file) {
    return new NoSuchFileException(file.path().toString(), null, "has no " + file.view());
  }

  /** What has a handle. */
  List<OpenVolume> volumes() {
    return volumes;
  }

  synchronized void add(OpenVolume volume) {
    volumes = Stream.concat(volumes.stream(), Stream.of(volume)).toList();
  }

  synchronized void remove(OpenVolume volume) {
    volumes = volumes.stream().filter(other -> other != volume).toList();
  }

  List<FileStatus> version() {
    return version;
  }

  FileStatus.Identity file() {
    return version.get(0).identity();
  }

  /** Somebody opens it for writing: from now on its locks may keep our own readers out. */
  void startsWriting(boolean starts) {
    startsWriting = starts;
  }

  boolean isWritten() {
    return startsWriting || disk().isWritable();
  }

  boolean isOf(List<FileStatus> other) {
    return isWritten() || FileStatus.sameVersions(version, other);
  }

  /** It is opened by another name as well, past what the kernel has cached for the path. */
  void noteAlias() {
    hasAlias = true;
  }

  boolean hasAlias() {
    return hasAlias;
  }
}
