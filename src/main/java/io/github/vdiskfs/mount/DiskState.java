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

  /** A file that the answer depends on. */
  record Layer(String path, FileStatus status) {}

  /**
   * The disk's {@code st_blocks}: the host space of the chain, at least 1 where the disk has any
   * bytes (tar -S takes 0 for "one hole" and reads nothing), and below {@code size / 512} where
   * there may be holes (cp looks for holes only then).
   */
  long blocks() {
    if (size == 0) {
      return 0;
    }
    long full = (size + 511) / 512;
    long most = flat ? Math.max(full, hostBlocks) : full - 1;
    return Math.max(1, Math.min(hostBlocks, most));
  }
}
