// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import io.github.vdiskfs.disk.Volume;
import io.github.vdiskfs.partition.PartitionTable.Scheme;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Reads the partition table of a disk. */
public final class TableReader {
  /** Where a protective entry has to begin: GPT's own first sector. */
  private static final int GPT_SECTOR = 1;

  private TableReader() {}

  /**
   * The partition table of a disk, of scheme {@code NONE} where it has none.
   *
   * @throws IOException where the disk cannot be read
   */
  public static PartitionTable read(Volume disk) throws IOException {
    return read(disk, true);
  }

  /**
   * True where {@link #read} finds partitions. It takes two or three reads, whatever the table
   * says, except that a large GPT is read to its end.
   *
   * @throws IOException where the disk cannot be read
   */
  public static boolean hasPartitions(Volume disk) throws IOException {
    return !read(disk, false).partitions().isEmpty();
  }

  private static PartitionTable read(Volume disk, boolean whole) throws IOException {
    SectorReader sectors = new SectorReader(disk);
    TableBuilder table = new TableBuilder(disk.size());
    ByteBuffer first = sectors.read(0, MbrEntry.SECTOR_BYTES);
    if (first == null || !MbrEntry.hasSignature(first)) {
      return table.build(Scheme.NONE, MbrEntry.SECTOR_BYTES, "", sectors.readFrom());
    }
    List<MbrEntry> entries = MbrEntry.allOf(first);
    if (entries.stream().anyMatch(MbrEntry::isProtective)) {
      return gpt(entries, sectors, table);
    }
    if (!MbrTable.isTable(first, entries)) {
      return table.build(Scheme.NONE, MbrEntry.SECTOR_BYTES, "", sectors.readFrom());
    }
    new MbrTable(sectors, table).read(entries, whole);
    String id = MbrTable.idOf(first);
    return table.build(Scheme.MBR, MbrEntry.SECTOR_BYTES, id, sectors.readFrom());
  }

  private static PartitionTable gpt(
      List<MbrEntry> entries, SectorReader sectors, TableBuilder table) throws IOException {
    boolean inPlace =
        entries.stream().anyMatch(e -> e.isProtective() && e.startSector() == GPT_SECTOR);
    GptHeader header = inPlace ? new GptTable(sectors, table).read() : null;
    return header == null
        ? table.build(Scheme.NONE, MbrEntry.SECTOR_BYTES, "", sectors.readFrom())
        : table.build(Scheme.GPT, header.sectorBytes(), header.diskId(), sectors.readFrom());
  }
}
