// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.partition.PartitionTable.Scheme;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GptTest {
  private static final int SIZE = 2 << 20;

  private final TableImage image = new TableImage(SIZE);

  private static void assertProblem(PartitionTable table, String words) {
    assertTrue(
        table.problems().stream().anyMatch(p -> p.contains(words)), table.problems().toString());
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  void bothSizesOfSectorsAreRead(int sectorBytes) throws IOException {
    image.gpt(sectorBytes, 128).partition(sectorBytes, 0, 40, 50, "root ö");
    image.partition(sectorBytes, 127, 60, 60, "");
    PartitionTable table = image.read();
    assertEquals(Scheme.GPT, table.scheme());
    assertEquals(sectorBytes, table.sectorBytes());
    assertEquals(2, table.partitions().size());
    Partition root = table.partitions().get(0);
    assertEquals(40L * sectorBytes, root.startOffset());
    assertEquals(11L * sectorBytes, root.sizeBytes());
    assertEquals("root ö", root.name());
    assertEquals("Linux filesystem", root.typeName());
    assertEquals(128, table.partitions().get(1).number());
  }

  @ParameterizedTest
  @ValueSource(ints = {512, 4096})
  void theHeaderAtTheEndServesWhereTheFirstIsDamaged(int sectorBytes) throws IOException {
    image.gpt(sectorBytes, 128).partition(sectorBytes, 0, 40, 50, "a");
    image.bytes.put(sectorBytes + 60, (byte) 1);
    PartitionTable table = image.read();
    assertEquals(1, table.partitions().size());
    assertProblem(table, "checksum");
    image.bytes.put(SIZE - sectorBytes + 60, (byte) 1);
    assertEquals(Scheme.NONE, image.read().scheme());
  }

  @Test
  void aTableWithAWrongChecksumIsNotUsed() throws IOException {
    image.gpt(512, 128).partition(512, 0, 40, 50, "a");
    image.bytes.put(2 * 512 + 32, (byte) 41);
    PartitionTable table = image.read();
    assertEquals(40 * 512, table.partitions().get(0).startOffset(), "from the table at the end");
    assertProblem(table, "table in sector 2");
  }

  @Test
  void withoutAProtectiveEntryThereIsNoGpt() throws IOException {
    image.gpt(512, 128).partition(512, 0, 40, 50, "a");
    Arrays.fill(image.bytes.array(), 0, 512, (byte) 0);
    assertEquals(Scheme.NONE, image.read().scheme());
  }

  @Test
  void aHybridFirstSectorIsIgnored() throws IOException {
    image.gpt(512, 128).partition(512, 0, 40, 50, "a").entry(0, 1, 0x83, 100, 7);
    PartitionTable table = image.read();
    assertEquals(1, table.partitions().size());
    assertEquals(40 * 512, table.partitions().get(0).startOffset());
  }

  @Test
  void aMillionEntriesAreRefused() throws IOException {
    image.gpt(512, 128).partition(512, 0, 40, 50, "a");
    image.bytes.putInt(512 + 80, 1_000_000);
    image.seal(512, 512);
    assertProblem(image.read(), "1000000 entries");
  }

  @Test
  void thousandsOfEntriesEndWithLinuxsLastNumber() throws IOException {
    image.gpt(512, 4096);
    for (int i = 0; i < 300; i++) {
      image.partition(512, i, 1100 + i, 1100 + i, "");
    }
    assertEquals(255, image.read().partitions().size());
  }

  @Test
  void entriesThatDoNotFitAreLeftOut() throws IOException {
    image.gpt(512, 128).partition(512, 0, 40, 50, "a").partition(512, 1, 50, 60, "overlaps");
    image.partition(512, 2, 70, 69, "backwards").partition(512, 3, 80, 1L << 40, "far");
    image.partition(512, 4, -1, 100, "negative").partition(512, 5, 61, 69, "good");
    PartitionTable table = image.read();
    assertEquals(2, table.partitions().size());
    assertEquals(6, table.partitions().get(1).number());
    for (int number = 2; number <= 5; number++) {
      assertProblem(table, "partition " + number);
    }
  }
}
