// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.disk.VirtualDisk;
import io.github.vdiskfs.partition.PartitionTable.Scheme;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class MbrTest {
  private static final int SIZE = 1 << 20;
  private static final int S = 512;

  private final TableImage image = new TableImage(SIZE);

  private static List<Integer> numbers(PartitionTable table) {
    return table.partitions().stream().map(Partition::number).toList();
  }

  private void assertProblem(PartitionTable table, String words) {
    assertTrue(
        table.problems().stream().anyMatch(p -> p.contains(words)), table.problems().toString());
  }

  @Test
  void primaryPartitionsAreNumberedByTheirPlace() throws IOException {
    image.entry(0, 0, 0x83, 100, 50).entry(0, 2, 0x7, 64, 30);
    PartitionTable table = image.read();
    assertEquals(Scheme.MBR, table.scheme());
    assertEquals(List.of(1, 3), numbers(table));
    assertEquals(new Partition(1, 100 * S, 50 * S, "83", "", ""), table.partitions().get(0));
    assertEquals(List.of(), table.problems());
  }

  @Test
  void logicalPartitionsFollowTheirChain() throws IOException {
    image.entry(0, 1, 0x5, 100, 500);
    image.entry(100 * S, 0, 0x83, 10, 20).entry(100 * S, 1, 0x5, 300, 100);
    image.entry(400 * S, 0, 0x82, 5, 7).entry(400 * S, 1, 0x5, 200, 90);
    image.entry(300 * S, 0, 0x83, 1, 2);
    PartitionTable table = image.read();
    assertEquals(List.of(2, 5, 6, 7), numbers(table));
    assertEquals(2 * S, table.partitions().get(0).sizeBytes(), "room for a boot loader only");
    assertEquals(110 * S, table.partitions().get(1).startOffset());
    assertEquals(405 * S, table.partitions().get(2).startOffset());
    assertEquals(301 * S, table.partitions().get(3).startOffset());
    assertTrue(table.readFrom().touches(400 * S + 511, 400 * S + 512), "the chain");
    assertFalse(table.readFrom().touches(S, 100 * S), "between");
  }

  @Test
  void aChainThatLeadsBackEnds() throws IOException {
    image.entry(0, 0, 0xF, 100, 500);
    image.entry(100 * S, 0, 0x83, 10, 20).entry(100 * S, 1, 0x5, 300, 100);
    image.entry(400 * S, 0, 0x83, 5, 7).entry(400 * S, 1, 0x5, 0, 100);
    PartitionTable table = image.read();
    assertEquals(List.of(1, 5, 6), numbers(table));
    assertProblem(table, "leads back");
  }

  @Test
  void aLongChainEndsWithLinuxsLastNumber() throws IOException {
    image.entry(0, 0, 0x5, 1, 2000);
    for (int i = 0; i < 600; i++) {
      long sector = 1 + 2L * i;
      image.entry(sector * S, 0, 0x83, 1, 1).entry(sector * S, 1, 0x5, sector + 1, 2);
    }
    PartitionTable table = image.read();
    assertEquals(252, table.partitions().size());
    assertEquals(255, table.partitions().get(251).number());
    assertProblem(table, "255");
  }

  @Test
  void whatIsOutsideIsLeftOutAndWhatSticksOutIsCutOff() throws IOException {
    image.entry(0, 0, 0x83, 2048, 1).entry(0, 1, 0x83, 2000, 0xFFFFFFFFL);
    image.entry(0, 2, 0x83, 0xFFFFFFFFL, 0xFFFFFFFFL);
    PartitionTable table = image.read();
    assertEquals(List.of(2), numbers(table));
    assertEquals(SIZE, table.partitions().get(0).endOffset());
    assertProblem(table, "partition 1 ");
    assertProblem(table, "partition 2 ");
    assertProblem(table, "partition 3 ");
  }

  @Test
  void whatOverlapsIsLeftOut() throws IOException {
    image.entry(0, 0, 0x83, 100, 50).entry(0, 1, 0x83, 149, 10).entry(0, 3, 0x83, 150, 10);
    PartitionTable table = image.read();
    assertEquals(List.of(1, 4), numbers(table));
    assertProblem(table, "partition 2 ");
  }

  @Test
  void bsdPartitionsAreNumberedAfterTheLogicalOnes() throws IOException {
    image.entry(0, 0, 0xA5, 64, 400).entry(0, 1, 0x5, 500, 100);
    image.entry(500 * S, 0, 0x83, 1, 2);
    int label = 65 * S;
    image.bytes.putInt(label, 0x82564557).putInt(label + 132, 0x82564557);
    image.bytes.putShort(label + 138, (short) 8);
    int[][] entries = {{10, 16, 7}, {20, 26, 1}, {400, 0, 0}, {300, 50, 7}, {50, 390, 7}};
    for (int i = 0; i < entries.length; i++) {
      int at = label + 148 + 16 * i;
      image.bytes.putInt(at, entries[i][0]).putInt(at + 4, entries[i][1]);
      image.bytes.put(at + 12, (byte) entries[i][2]);
    }
    PartitionTable table = image.read();
    assertEquals(List.of(1, 2, 5, 6, 7, 8), numbers(table));
    assertEquals(80 * S, table.partitions().get(3).startOffset());
    assertProblem(table, "BSD partition e");
  }

  @Test
  void aFileSystemIsNoTable() throws IOException {
    image.entry(0, 3, 0, 0, 0);
    image.put(3, "NTFS    ");
    image.bytes.put(446, (byte) 'B').putInt(454, 7).putInt(458, 9);
    assertEquals(Scheme.NONE, image.read().scheme());
    TableImage fat = new TableImage(SIZE).entry(0, 3, 0, 0, 0);
    fat.bytes.put(14, (byte) 32).put(16, (byte) 2).put(21, (byte) 0xF8);
    assertEquals(Scheme.NONE, fat.read().scheme());
    assertEquals(Scheme.NONE, new TableImage(SIZE).read().scheme());
    assertEquals(Scheme.NONE, new TableImage(100).read().scheme());
  }

  @Test
  void theQuickLookSeesWhatTheWholeOneSees() throws IOException {
    image.entry(0, 1, 0x5, 100, 500);
    try (VirtualDisk disk = image.open()) {
      assertTrue(TableReader.hasPartitions(disk));
    }
    try (VirtualDisk disk = new TableImage(SIZE).entry(0, 0, 0, 0, 0).open()) {
      assertFalse(TableReader.hasPartitions(disk));
    }
  }

  @Test
  void theBootSectorOfASealedVolumeIsNoTable() throws IOException {
    image.entry(0, 0, 0x2, 0, 3);
    image.put(3, "-FVE-FS-");
    assertEquals(Scheme.NONE, image.read().scheme());
  }
}
