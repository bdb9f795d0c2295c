// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One of the four entries in a first sector, or in the sector before a logical partition.
 *
 * @param boot 80h where the partition is to be booted, else 0
 * @param type the partition's type
 * @param startSector relative to what the table is about
 * @param sectors length; 0 for an entry that is not used
 */
record MbrEntry(int boot, int type, long startSector, long sectors) {
  /** What such tables count in, whatever the disk's own sectors are. */
  static final int SECTOR_BYTES = 512;

  /** Entries of a sector. */
  static final int COUNT = 4;

  private static final int FIRST = 446;
  private static final int BYTES = 16;
  private static final int SIGNATURE_AT = 510;
  private static final short SIGNATURE = (short) 0xAA55;

  private static final int PROTECTIVE = 0xEE;

  /** True where a sector ends with the two bytes that all such tables end with. */
  static boolean hasSignature(ByteBuffer sector) {
    return sector.getShort(SIGNATURE_AT) == SIGNATURE;
  }

  /** The entries of a sector, unused ones included. */
  static List<MbrEntry> allOf(ByteBuffer sector) {
    List<MbrEntry> entries = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      int at = FIRST + i * BYTES;
      entries.add(
          new MbrEntry(
              Byte.toUnsignedInt(sector.get(at)),
              Byte.toUnsignedInt(sector.get(at + 4)),
              Integer.toUnsignedLong(sector.getInt(at + 8)),
              Integer.toUnsignedLong(sector.getInt(at + 12))));
    }
    return entries;
  }

  boolean isUsed() {
    return sectors != 0;
  }

  /** True for the three types of partitions that hold logical ones. */
  boolean isExtended() {
    return type == 0x05 || type == 0x0F || type == 0x85;
  }

  /** True for the entry that keeps programs that know no GPT away from it. */
  boolean isProtective() {
    return type == PROTECTIVE;
  }

  long startOffset() {
    return startSector * SECTOR_BYTES;
  }

  long sizeBytes() {
    return sectors * SECTOR_BYTES;
  }

  /** The type as {@code sfdisk} prints it. */
  String typeWord() {
    return Integer.toHexString(type).toLowerCase(Locale.ROOT);
  }
}
