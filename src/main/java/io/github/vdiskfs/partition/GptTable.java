// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Partitions from a GUID partition table (UEFI 2.10, 5.3). */
final class GptTable {
  /** An image does not say how large the disk's sectors are. */
  private static final int[] SECTOR_BYTES = {512, 4096};

  private static final int TYPE_AT = 0;
  private static final int UUID_AT = 16;
  private static final int FIRST_AT = 32;
  private static final int LAST_AT = 40;
  private static final int NAME_AT = 56;
  private static final int NAME_BYTES = 72;

  private static final String GROUP = "gpt";

  private final SectorReader disk;
  private final TableBuilder table;

  GptTable(SectorReader disk, TableBuilder table) {
    this.disk = disk;
    this.table = table;
  }

  /** Adds the partitions; the answer is null where neither header is sound. */
  @Nullable GptHeader read() throws IOException {
    for (int sectorBytes : SECTOR_BYTES) {
      GptHeader header = read(sectorBytes, 1);
      if (header == null) {
        header = read(sectorBytes, disk.diskBytes() / sectorBytes - 1);
        if (header != null) {
          table.problem("the first GPT header is not sound; the one at the disk's end is used");
        }
      }
      if (header != null) {
        return header;
      }
    }
    table.problem("a protective MBR, but no sound GPT header");
    return null;
  }

  private @Nullable GptHeader read(int sectorBytes, long sector) throws IOException {
    GptHeader header = GptHeader.read(disk, table, sectorBytes, sector);
    if (header == null) {
      return null;
    }
    int bytes = header.entries() * GptHeader.ENTRY_BYTES;
    ByteBuffer entries = disk.read(header.tableSector() * sectorBytes, bytes);
    CRC32 crc = new CRC32();
    if (entries != null) {
      crc.update(entries.duplicate());
    }
    if (entries == null || (int) crc.getValue() != header.tableCrc()) {
      table.problem("the GPT table in sector " + header.tableSector() + ": its checksum is wrong");
      return null;
    }
    int count = Math.min(header.entries(), TableBuilder.MAX_NUMBER);
    for (int i = 0; i < count; i++) {
      add(
          entries.slice(i * GptHeader.ENTRY_BYTES, GptHeader.ENTRY_BYTES).order(entries.order()),
          i + 1,
          sectorBytes);
    }
    return header;
  }

  private void add(ByteBuffer entry, int number, int sectorBytes) {
    String type = Guid.at(entry, TYPE_AT);
    if (type.equals(Guid.NONE)) {
      return;
    }
    long first = entry.getLong(FIRST_AT);
    long last = entry.getLong(LAST_AT);
    if (first < 0 || last < first || last >= disk.diskBytes() / sectorBytes) {
      table.problem(
          "partition "
              + number
              + ": sectors "
              + Long.toUnsignedString(first)
              + " to "
              + Long.toUnsignedString(last)
              + " are not on the disk");
      return;
    }
    table.add(
        GROUP,
        new Partition(
            number,
            first * sectorBytes,
            (last - first + 1) * sectorBytes,
            type,
            name(entry),
            Guid.at(entry, UUID_AT)));
  }

  private static String name(ByteBuffer entry) {
    byte[] letters = new byte[NAME_BYTES];
    entry.get(NAME_AT, letters);
    String name = new String(letters, StandardCharsets.UTF_16LE);
    int end = name.indexOf('\0');
    return end < 0 ? name : name.substring(0, end);
  }
}
