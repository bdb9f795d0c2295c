// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import java.util.Optional;

/** The superblock of ext2, ext3 and ext4, which differ by the features that they use. */
final class ExtSuperblock {
  private static final int AT = 1024;
  private static final int MAGIC_AT = AT + 56;
  private static final int MAGIC = 0xEF53;
  private static final int COMPATIBLE_AT = AT + 92;
  private static final int INCOMPATIBLE_AT = AT + 96;
  private static final int READ_ONLY_AT = AT + 100;
  private static final int UUID_AT = AT + 104;
  private static final int LABEL_AT = AT + 120;
  private static final int LABEL_BYTES = 16;

  private static final int HAS_JOURNAL = 0x4;
  private static final int IS_JOURNAL = 0x8;

  /** What ext3 knew: file types, recovery, meta block groups. */
  private static final int EXT3_INCOMPATIBLE = 0x2 | 0x4 | 0x10;

  /** Sparse superblocks, large files, hashed folders. */
  private static final int EXT3_READ_ONLY = 0x1 | 0x2 | 0x4;

  private ExtSuperblock() {}

  static Optional<Content> probe(Fields head) {
    return head.u16(MAGIC_AT) == MAGIC
        ? Optional.of(new Content(type(head), head.text(LABEL_AT, LABEL_BYTES), head.uuid(UUID_AT)))
        : Optional.empty();
  }

  private static String type(Fields head) {
    if ((head.i32(INCOMPATIBLE_AT) & IS_JOURNAL) != 0) {
      return "jbd";
    }
    boolean newer =
        (head.i32(INCOMPATIBLE_AT) & ~EXT3_INCOMPATIBLE) != 0
            || (head.i32(READ_ONLY_AT) & ~EXT3_READ_ONLY) != 0;
    boolean journal = (head.i32(COMPATIBLE_AT) & HAS_JOURNAL) != 0;
    return newer ? "ext4" : journal ? "ext3" : "ext2";
  }
}
