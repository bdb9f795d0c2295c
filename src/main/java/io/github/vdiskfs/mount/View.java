// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

/** Which of the disks that an image has a file of the mount shows. */
public sealed interface View {
  /** The inode number of the file. */
  long inode(long imageInode);

  /** The disk from its first byte to its last. */
  record Whole() implements View {
    @Override
    public long inode(long imageInode) {
      return imageInode;
    }
  }

  /**
   * A partition.
   *
   * @param number as Linux numbers it
   */
  record Part(int number) implements View {
    @Override
    public long inode(long imageInode) {
      return InodeNumbers.of(imageInode, ImageFolder.PARTS.suffix() + number);
    }
  }

  /**
   * An internal snapshot.
   *
   * @param name of its file, without {@code .raw}: see {@link SnapshotNames}
   */
  record Snapshot(String name) implements View {
    @Override
    public long inode(long imageInode) {
      return InodeNumbers.of(imageInode, ImageFolder.SNAPSHOTS.suffix() + name);
    }
  }
}
