// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import java.io.IOException;
import java.util.Locale;
import java.util.Optional;

/**
 * A member of a Linux software RAID: its superblock is near the end (0.90, 1.0), at the start (1.1)
 * or 4 KiB behind it (1.2).
 */
final class RaidMember {
  private static final String TYPE = "linux_raid_member";
  private static final int SECTOR_BYTES = 512;

  private static final String LITTLE_MAGIC = "\u00fcN+\u00a9";
  private static final int BYTES = 256;
  private static final int VERSION_AT = 4;
  private static final int UUID_AT = 16;
  private static final int NAME_AT = 32;
  private static final int NAME_BYTES = 32;

  /** In sectors, from the start of the member: tells a member from the disk that it is on. */
  private static final int OWN_SECTOR_AT = 144;

  /** 1.0: at least 8 KiB before the end, at a multiple of 4 KiB. */
  private static final long NEW_FROM_END = 8192;

  private static final long NEW_ALIGNMENT = 4096;

  /** 0.90: the last whole 64 KiB but one. */
  private static final long OLD_ALIGNMENT = 65536;

  private static final int OLD_MINOR_AT = 8;
  private static final int OLD_MINOR = 90;
  private static final int OLD_UUID_AT = 20;
  private static final int OLD_UUID_REST_AT = 52;

  private RaidMember() {}

  static Optional<Content> probe(Fields head, Pieces volume) throws IOException {
    Optional<Content> found = current(head, 0, 0);
    if (found.isEmpty()) {
      found = current(head, 4096, 4096);
    }
    long late = volume.size() / SECTOR_BYTES * SECTOR_BYTES - NEW_FROM_END;
    if (found.isEmpty() && late > 0) {
      long at = late & -NEW_ALIGNMENT;
      found = current(volume.at(at, BYTES), 0, at);
    }
    return found.isEmpty() ? old(volume) : found;
  }

  /** Version 1.x. */
  private static Optional<Content> current(Fields piece, int at, long offset) {
    boolean right =
        piece.has(at, LITTLE_MAGIC)
            && piece.i32(at + VERSION_AT) == 1
            && piece.i64(at + OWN_SECTOR_AT) == offset / SECTOR_BYTES;
    return right
        ? Optional.of(
            new Content(TYPE, piece.text(at + NAME_AT, NAME_BYTES), piece.uuid(at + UUID_AT)))
        : Optional.empty();
  }

  /** Version 0.90, which has no name. */
  private static Optional<Content> old(Pieces volume) throws IOException {
    long at = (volume.size() & -OLD_ALIGNMENT) - OLD_ALIGNMENT;
    Fields piece = volume.at(at, BYTES);
    if (!piece.has(0, LITTLE_MAGIC)
        || piece.i32(VERSION_AT) != 0
        || piece.i32(OLD_MINOR_AT) != OLD_MINOR) {
      return Optional.empty();
    }
    return Optional.of(new Content(TYPE, "", oldUuid(piece)));
  }

  private static String oldUuid(Fields piece) {
    String words =
        String.format(
            Locale.ROOT,
            "%08x%08x%08x%08x",
            piece.i32(OLD_UUID_AT),
            piece.i32(OLD_UUID_REST_AT),
            piece.i32(OLD_UUID_REST_AT + 4),
            piece.i32(OLD_UUID_REST_AT + 8));
    return words.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
  }
}
