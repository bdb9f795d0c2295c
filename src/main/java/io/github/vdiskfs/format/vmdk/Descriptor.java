// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The text that describes a disk, in a file of its own or embedded in a sparse extent: "The
 * Descriptor File" of the Virtual Disk Format 5.0.
 *
 * @param cid content identifier: changes when the content does
 * @param parentCid the parent's content identifier when this disk was made, {@link #NO_PARENT} for
 *     a disk of its own
 * @param createType what kind of disk it is; empty where the text does not say
 * @param parentHint the parent's file name, or null
 * @param extents in the order of the disk, those of no size left out
 */
record Descriptor(
    long cid,
    long parentCid,
    String createType,
    @Nullable String parentHint,
    List<ExtentLine> extents) {

  /** Longest descriptor, as in QEMU: it is held in memory while it is parsed. */
  static final int MAX_BYTES = 1 << 20;

  /** Most extents: 8 TiB in files of 2 GiB; each may cost an open file. */
  static final int MAX_EXTENTS = 4096;

  /** The parentCID of a disk without parent. */
  static final long NO_PARENT = 0xFFFFFFFFL;
}
