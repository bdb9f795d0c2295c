// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import io.github.vdiskfs.posix.FileStatus;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an image without having it open.
 *
 * @param status the image file itself
 * @param chain its backing files, each with the status that it had
 * @param size bytes of the disk; 0 where it cannot be served
 * @param ownBlocks host space of the image itself, in units of 512 bytes
 * @param hostBlocks host space of the whole chain, in units of 512 bytes
 * @param unitSize bytes of a cluster, block or grain, or 0
 * @param format the format's name; empty where it cannot be told
 * @param backing name of the backing file or parent as it stands in the image, or null
 * @param flat the disk's holes are those of the host file
 * @param error why it cannot be served, or null
 */
record DiskState(
    FileStatus status,
    List<Layer> chain,
    long size,
    long ownBlocks,
    long hostBlocks,
    long unitSize,
    String format,
    @Nullable String backing,
    boolean flat,
    @Nullable IOException error) {

  /** The state of an image that cannot be served. */
  static DiskState failed(FileStatus status, IOException error) {
    return new DiskState(status, List.of(), 0, status.blocks(), 0, 0, "", null, false, error);
  }

  /** The same of an image file that has only got or lost host space since. */
  DiskState at(FileStatus now) {
    long more = now.blocks() - status.blocks();
    return new DiskState(
        now,
        chain,
        size,
        ownBlocks + more,
        hostBlocks + more,
        unitSize,
        format,
        backing,
        flat,
        error);
  }

  /** A file that the answer depends on. */
  record Layer(String path, FileStatus status) {}

  /** True where both are of the same version of every file of the chain. */
  boolean sameVersion(DiskState other) {
    if (!status.sameVersion(other.status) || chain.size() != other.chain.size()) {
      return false;
    }
    for (int i = 0; i < chain.size(); i++) {
      if (!chain.get(i).status().sameVersion(other.chain.get(i).status())) {
        return false;
      }
    }
    return true;
  }

  /**
   * The {@code st_blocks} of the disk, or of a file with some of its bytes: the host space of the
   * chain or such a share of it, at least 1 where there are any bytes (tar -S takes 0 for "one
   * hole" and reads nothing), and below {@code bytes / 512} where there may be holes (cp looks for
   * holes only then).
   *
   * @param bytes of the file
   * @param part the file has no bytes but its own
   */
  long blocks(long bytes, boolean part) {
    if (bytes == 0) {
      return 0;
    }
    long full = blocksOf(bytes);
    boolean hasHoles = !flat || hostBlocks < blocksOf(size);
    if (part) {
      long share = (long) Math.ceil(hostBlocks * ((double) bytes / Math.max(bytes, size)));
      return hasHoles ? Math.max(1, Math.min(share, full - 1)) : full;
    }
    long most = flat ? Math.max(full, hostBlocks) : full - 1;
    return Math.max(1, Math.min(hostBlocks, most));
  }

  private static long blocksOf(long bytes) {
    return (bytes + 511) / 512;
  }
}
