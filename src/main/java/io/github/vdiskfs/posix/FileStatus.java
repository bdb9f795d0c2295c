// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.posix;

import java.util.List;

/**
 * What {@code statx(2)} says of one file.
 *
 * @param device the device's number as {@code st_dev} encodes it
 * @param mode type and permission bits, as in {@code st_mode}
 * @param size bytes
 * @param blocks allocated host space in units of 512 bytes
 * @param accessed time of the last access
 * @param modified time of the last change of the content
 * @param changed time of the last change of the inode
 */
public record FileStatus(
    long device,
    long inode,
    int mode,
    int links,
    int uid,
    int gid,
    long size,
    long blocks,
    Time accessed,
    Time modified,
    Time changed) {

  /** Seconds since 1970 and the nanoseconds in that second. */
  public record Time(long seconds, int nanos) {}

  private static final int TYPE_MASK = 0xF000;
  private static final int REGULAR = 0x8000;
  private static final int DIRECTORY = 0x4000;
  private static final int SYMLINK = 0xA000;

  public boolean isRegular() {
    return (mode & TYPE_MASK) == REGULAR;
  }

  public boolean isDirectory() {
    return (mode & TYPE_MASK) == DIRECTORY;
  }

  public boolean isSymlink() {
    return (mode & TYPE_MASK) == SYMLINK;
  }

  /** The device's major number, as glibc's major(3) decodes it. */
  public int major() {
    return (int) (((device >>> 8) & 0xFFF) | ((device >>> 32) & 0xFFFFF000));
  }

  /** The device's minor number, as glibc's minor(3) decodes it. */
  public int minor() {
    return (int) ((device & 0xFF) | ((device >>> 12) & 0xFFFFFF00));
  }

  /** The nine permission bits. */
  public int permissions() {
    return mode & 0x1FF;
  }

  /** True where both are the same file with the same content, as far as the host can tell. */
  public boolean sameVersion(FileStatus other) {
    return sameFile(other)
        && size == other.size
        && modified.equals(other.modified)
        && changed.equals(other.changed);
  }

  /** True where both lists are of the same files with the same content. */
  public static boolean sameVersions(List<FileStatus> a, List<FileStatus> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!a.get(i).sameVersion(b.get(i))) {
        return false;
      }
    }
    return true;
  }

  /** What tells a file from all others of the host. */
  public record Identity(long device, long inode) {}

  public Identity identity() {
    return new Identity(device, inode);
  }

  /** True where both name the same inode. */
  public boolean sameFile(FileStatus other) {
    return device == other.device && inode == other.inode;
  }
}
