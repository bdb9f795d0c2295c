// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * The header of a GUID partition table.
 *
 * @param sectorBytes what it counts in
 * @param diskId the disk's GUID
 * @param tableSector where the entries begin
 * @param entries how many there are
 * @param tableCrc the checksum of all of them
 */
record GptHeader(int sectorBytes, String diskId, long tableSector, int entries, int tableCrc) {
  /** The only size of an entry that is in use, and the only one that Linux takes. */
  static final int ENTRY_BYTES = 128;

  /** 4 MiB of entries, as many as Linux reads; 128 entries are usual. */
  private static final int MAX_ENTRIES = 32768;

  private static final long SIGNATURE = 0x5452415020494645L;
  private static final int BYTES = 92;

  private static final int SIZE_AT = 12;
  private static final int CRC_AT = 16;
  private static final int OWN_SECTOR_AT = 24;
  private static final int FIRST_USABLE_AT = 40;
  private static final int LAST_USABLE_AT = 48;
  private static final int DISK_ID_AT = 56;
  private static final int TABLE_SECTOR_AT = 72;
  private static final int ENTRIES_AT = 80;
  private static final int ENTRY_SIZE_AT = 84;
  private static final int TABLE_CRC_AT = 88;

  /**
   * The header in a sector of a disk; null where there is none, or a damaged one, of which {@code
   * table} then tells.
   */
  static @Nullable GptHeader read(
      SectorReader disk, TableBuilder table, int sectorBytes, long sector) throws IOException {
    ByteBuffer bytes = disk.read(sector * sectorBytes, sectorBytes);
    if (bytes == null || bytes.getLong(0) != SIGNATURE) {
      return null;
    }
    String problem = problemOf(bytes, sectorBytes, sector, disk.diskBytes() / sectorBytes - 1);
    if (problem != null) {
      table.problem("the GPT header in sector " + sector + ": " + problem);
      return null;
    }
    return new GptHeader(
        sectorBytes,
        Guid.at(bytes, DISK_ID_AT),
        bytes.getLong(TABLE_SECTOR_AT),
        bytes.getInt(ENTRIES_AT),
        bytes.getInt(TABLE_CRC_AT));
  }

  private static @Nullable String problemOf(
      ByteBuffer bytes, int sectorBytes, long sector, long lastSector) {
    long size = Integer.toUnsignedLong(bytes.getInt(SIZE_AT));
    if (size < BYTES || size > sectorBytes) {
      return "its size is " + size + ", expected " + BYTES + " to " + sectorBytes;
    }
    if (crcOf(bytes, (int) size) != bytes.getInt(CRC_AT)) {
      return "its checksum is wrong";
    }
    if (bytes.getLong(OWN_SECTOR_AT) != sector) {
      return "it says that it is in sector " + Long.toUnsignedString(bytes.getLong(OWN_SECTOR_AT));
    }
    long first = bytes.getLong(FIRST_USABLE_AT);
    long last = bytes.getLong(LAST_USABLE_AT);
    if (first < 0 || last < first || last > lastSector) {
      return "its sectors "
          + first
          + " to "
          + last
          + " do not fit a disk that ends with sector "
          + lastSector;
    }
    long entries = Integer.toUnsignedLong(bytes.getInt(ENTRIES_AT));
    long entryBytes = Integer.toUnsignedLong(bytes.getInt(ENTRY_SIZE_AT));
    if (entryBytes != ENTRY_BYTES || entries > MAX_ENTRIES) {
      return entries
          + " entries of "
          + entryBytes
          + " bytes, expected at most "
          + MAX_ENTRIES
          + " of "
          + ENTRY_BYTES;
    }
    long tableSector = bytes.getLong(TABLE_SECTOR_AT);
    return tableSector < 0 || tableSector > lastSector
        ? "its table is in sector " + Long.toUnsignedString(tableSector)
        : null;
  }

  /** The checksum of a header, taken as if its own field were 0. */
  private static int crcOf(ByteBuffer bytes, int size) {
    CRC32 crc = new CRC32();
    crc.update(bytes.slice(0, CRC_AT));
    crc.update(new byte[Integer.BYTES]);
    crc.update(bytes.slice(CRC_AT + Integer.BYTES, size - CRC_AT - Integer.BYTES));
    return (int) crc.getValue();
  }
}
