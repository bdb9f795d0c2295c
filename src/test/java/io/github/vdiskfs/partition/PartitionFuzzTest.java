// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.vdiskfs.disk.Slice;
import io.github.vdiskfs.disk.VirtualDisk;
import io.github.vdiskfs.fuzz.PatchedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Hostile disks: whatever their tables and file systems say, the partitions lie on the disk, and
 * nothing is thrown.
 */
final class PartitionFuzzTest {
  /** Inputs name these by their numbers: new ones go to the end. */
  private static final List<String> SAMPLES =
      List.of("partition/mbr.raw", "partition/gpt.raw", "partition/bsd.raw", "partition/ext4.raw");

  private static final int MAX_NUMBER = 255;

  @FuzzTest
  void read(byte[] input) throws IOException {
    TableImage image = new TableImage(PatchedImage.of(input, SAMPLES));
    // What has wrong checksums is not looked at any further.
    if (input.length > 1 && (input[1] & 1) == 1 && image.hasGpt()) {
      image.seal(TableImage.SECTOR, TableImage.SECTOR);
    }
    PartitionTable table = image.read();
    try (VirtualDisk disk = image.open()) {
      assertEquals(!table.partitions().isEmpty(), TableReader.hasPartitions(disk));
      ContentProbe.probe(disk);
      for (Partition p : table.partitions()) {
        assertTrue(p.startOffset() >= 0 && p.sizeBytes() > 0, p::toString);
        assertTrue(p.endOffset() <= disk.size(), p::toString);
        assertTrue(p.number() >= 1 && p.number() <= MAX_NUMBER, p::toString);
        ContentProbe.probe(new Slice(disk, p.startOffset(), p.sizeBytes()));
      }
    }
  }

  @Test
  void samplesHavePartitions() {
    assertEquals(List.of(5, 2, 3, 0), SAMPLES.stream().map(PartitionFuzzTest::partitions).toList());
  }

  private static int partitions(String sample) {
    byte[] input = {(byte) SAMPLES.indexOf(sample), 0};
    try {
      return new TableImage(PatchedImage.of(input, SAMPLES)).read().partitions().size();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
