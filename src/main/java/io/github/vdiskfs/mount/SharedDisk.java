// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.disk.VirtualDisk;
import io.github.vdiskfs.posix.FileStatus;
import io.github.vdiskfs.storage.FileStorage;
import java.nio.file.Path;
import java.util.List;

/** An open disk that any number of handles use; {@link SharedDisks} counts them. */
final class SharedDisk {
  private final Path path;
  private final DiskOpener.Opened opened;
  private final List<FileStatus> version;
  private volatile boolean startsWriting;
  private volatile boolean hasAlias;

  /**
   * @param path by which it was first opened, relative to SOURCE
   */
  SharedDisk(Path path, DiskOpener.Opened opened) {
    this.path = path;
    this.opened = opened;
    this.version = versionOf(opened);
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
