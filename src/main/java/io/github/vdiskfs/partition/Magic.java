// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import java.util.List;
import java.util.Optional;

/**
 * A signature at a fixed place, with label and UUID at fixed places too.
 *
 * @param type what it is the signature of
 * @param at where it stands on the volume
 * @param characters the signature, a byte each
 * @param labelAt where the label stands, or -1
 * @param labelBytes length of the label's field
 * @param uuidAt where the UUID stands, or -1
 */
record Magic(String type, int at, String characters, int labelAt, int labelBytes, int uuidAt) {
  private static final int NONE = -1;

  private static final int BTRFS = 65536;
  private static final int JFS = 32768;
  private static final int REISER = 65536;
  private static final int EROFS = 1024;

  /** Encrypted volumes: nothing else that is found in them means anything. */
  static final List<Magic> SEALED =
      List.of(
          new Magic("BitLocker", 3, "-FVE-FS-", NONE, 0, NONE),
          // BitLocker To Go: the boot sector of a FAT, and behind it a GUID.
          new Magic(
              "BitLocker",
              424,
              ";\u00d6gI).\u00d8J" + "\u0083\u0099\u00f6\u00a39\u00e3\u00d0\u0001",
              NONE,
              0,
              NONE));

  /** File systems. */
  static final List<Magic> FILE_SYSTEMS =
      List.of(
          new Magic("xfs", 0, "XFSB", 108, 12, 32),
          new Magic("btrfs", BTRFS + 64, "_BHRfS_M", BTRFS + 299, 256, BTRFS + 32),
          new Magic("jfs", JFS, "JFS1", JFS + 152, 16, JFS + 136),
          new Magic("reiserfs", REISER + 52, "ReIsErFs", NONE, 0, NONE),
          new Magic("reiserfs", REISER + 52, "ReIsEr2Fs", REISER + 100, 16, REISER + 84),
          new Magic("reiserfs", REISER + 52, "ReIsEr3Fs", REISER + 100, 16, REISER + 84),
          new Magic("erofs", EROFS, "\u00e2\u00e1\u00f5\u00e0", EROFS + 64, 16, EROFS + 48),
          new Magic("apfs", 32, "NXSB", NONE, 0, 72),
          new Magic("squashfs", 0, "hsqs", NONE, 0, NONE),
          new Magic("ReFS", 0, "\0\0\0ReFS\0", NONE, 0, NONE));

  /** What one of the signatures says of a volume that begins with {@code head}. */
  static Optional<Content> find(List<Magic> signatures, Fields head) {
    return signatures.stream()
        .filter(magic -> head.has(magic.at, magic.characters))
        .findFirst()
        .map(magic -> magic.content(head));
  }

  private Content content(Fields head) {
    String label = labelAt < 0 ? "" : head.text(labelAt, labelBytes);
    return new Content(type, label, uuidAt < 0 ? "" : head.uuid(uuidAt));
  }
}
