// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.partition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdiskfs.disk.VirtualDisk;
import io.github.vdiskfs.partition.DiskContents.Part;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DiskContentsTest {
  private static final int S = 512;
  private static final int SIZE = 1 << 20;
  private static final Duration LONG = Duration.ofMinutes(1);

  private final TableImage image = new TableImage(SIZE);

  private DiskContents read(Duration patience) throws IOException {
    try (VirtualDisk disk = image.open()) {
      return DiskContents.read(disk, patience);
    }
  }

  private static List<String> types(DiskContents contents) {
    return contents.parts().stream()
        .map(part -> part.content().map(Content::type).orElse("-"))
        .toList();
  }

  @Test
  void everyPartitionIsLookedInto() throws IOException {
    image.gpt(S, 128).partition(S, 0, 100, 199, "a").partition(S, 4, 200, 299, "b");
    image.put(100 * S, "XFSB");
    DiskContents contents = read(LONG);
    assertTrue(contents.isPartitioned());
    assertEquals(List.of("xfs", "-"), types(contents));
    assertEquals(Optional.empty(), contents.whole());
    assertEquals(5, contents.parts().get(1).partition().number());
  }

  @Test
  void aFileSystemWithoutPartitionsIsTheDisks() throws IOException {
    image.put(0, "XFSB");
    DiskContents contents = read(LONG);
    assertFalse(contents.isPartitioned());
    assertEquals("xfs", contents.whole().orElseThrow().type());
  }

  @Test
  void aBootSectorIsNoTable() throws IOException {
    image.put(3, "EXFAT   ");
    image.bytes.putShort(510, (short) 0xAA55);
    DiskContents contents = read(LONG);
    assertFalse(contents.isPartitioned());
    assertEquals("exfat", contents.whole().orElseThrow().type());
  }

  @Test
  void aBootableIsoIsBoth() throws IOException {
    image.entry(0, 0, 0x17, 64, 1000);
    image.put(32768, "\1CD001");
    DiskContents contents = read(LONG);
    assertTrue(contents.isPartitioned());
    assertEquals("iso9660", contents.whole().orElseThrow().type());
  }

  @Test
  void theRaidOfTheLastPartitionIsNotTheDisks() throws IOException {
    image.entry(0, 0, 0xFD, 128, SIZE / S - 128);
    image.bytes.putInt(SIZE - 65536, 0xA92B4EFC).putInt(SIZE - 65536 + 8, 90);
    DiskContents contents = read(LONG);
    assertEquals(List.of("linux_raid_member"), types(contents));
    assertEquals(Optional.empty(), contents.whole());
  }

  @Test
  void whenPatienceIsOverTheRestIsNotLookedInto() throws IOException {
    image.entry(0, 0, 0x83, 100, 100).entry(0, 1, 0x83, 200, 100);
    image.put(100 * S, "XFSB");
    DiskContents contents = read(Duration.ofNanos(-1));
    assertEquals(List.of("-", "-"), types(contents));
    Part part = contents.parts().get(0);
    assertTrue(part.problem().contains("not looked into"), part.problem());
  }
}
