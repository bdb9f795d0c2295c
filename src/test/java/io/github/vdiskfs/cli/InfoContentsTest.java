// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.mount.Inventory.Item;
import io.github.vdiskfs.partition.Content;
import io.github.vdiskfs.partition.DiskContents;
import io.github.vdiskfs.partition.DiskContents.Part;
import io.github.vdiskfs.partition.Footprint;
import io.github.vdiskfs.partition.Partition;
import io.github.vdiskfs.partition.PartitionTable;
import io.github.vdiskfs.partition.PartitionTable.Scheme;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class InfoContentsTest {
  private static final Content EXT4 = new Content("ext4", "ro\u001b[2Jot", "1234");

  private static Part part(int number, Optional<Content> content, String problem) {
    return new Part(new Partition(number, 1 << 20, 512, "83", "na\nme", ""), content, problem);
  }

  private static InfoContents contents(
      Scheme scheme, Optional<Content> whole, String problem, Part... parts) {
    List<Partition> partitions = List.of(parts).stream().map(Part::partition).toList();
    List<String> problems = problem.isEmpty() ? List.of() : List.of(problem);
    PartitionTable table =
        new PartitionTable(scheme, 512, "0x1", partitions, problems, new Footprint());
    return new InfoContents(new DiskContents(table, whole, List.of(parts)), "");
  }

  private static List<String> lines(InfoContents contents) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    contents.print(out);
    out.flush();
    return text.toString().lines().toList();
  }

  private static String cell(InfoContents contents, @Nullable IOException error) {
    return LsContents.words(new Item(Path.of("a"), "raw", 1, 1, null, error), contents);
  }

  @Test
  void partitionsAreRowsWithoutControlCharacters() {
    InfoContents contents =
        contents(
            Scheme.MBR,
            Optional.empty(),
            "it\r\nloops",
            part(1, Optional.of(EXT4), ""),
            part(2, Optional.empty(), "torn"));
    assertEquals(
        List.of(
            "partition table: dos, id 0x1, sectors of 512 bytes",
            "NUMBER    START   SIZE  TYPE   NAME   CONTENTS    LABEL     UUID",
            "     1  1048576  512 B  Linux  na?me  ext4        ro?[2Jot  1234",
            "     2  1048576  512 B  Linux  na?me  unreadable  -         -",
            "problem: it??loops",
            "problem: partition 2: torn"),
        lines(contents));
  }

  @Test
  void aDiskWithoutPartitionsIsOneLine() {
    assertEquals(
        List.of("contents: ext4, label 'ro?[2Jot', UUID 1234"),
        lines(contents(Scheme.NONE, Optional.of(EXT4), "")));
    assertEquals(
        List.of("contents: no partition table, no known file system"),
        lines(contents(Scheme.NONE, Optional.empty(), "")));
    assertEquals(List.of("contents: not known: gone"), lines(new InfoContents(null, "gone")));
  }

  @Test
  void fieldsAreThereWhereTheyAreKnown() {
    Map<String, Object> json = contents(Scheme.NONE, Optional.of(EXT4), "").json();
    assertEquals(List.of(), json.get("partitions"));
    assertFalse(json.containsKey("partition-table"));
    assertEquals(
        Map.of("type", "ext4", "label", "ro\u001b[2Jot", "uuid", "1234"), json.get("contents"));
    assertEquals(Map.of("contents-error", "gone"), new InfoContents(null, "gone").json());
    json = contents(Scheme.GPT, Optional.empty(), "", part(3, Optional.empty(), "torn")).json();
    assertEquals(
        Map.of("type", "gpt", "id", "0x1", "sector-size", 512), json.get("partition-table"));
    assertEquals(
        List.of(
            Map.of(
                "number", 3,
                "start", 1048576L,
                "size", 512L,
                "type", "83",
                "type-name", "Linux",
                "name", "na\nme",
                "contents-error", "torn")),
        json.get("partitions"));
  }

  @Test
  void aListingHasRoomForSixPartitions() {
    Part[] parts =
        IntStream.rangeClosed(1, 8)
            .mapToObj(i -> part(i, i == 2 ? Optional.of(EXT4) : Optional.empty(), ""))
            .toArray(Part[]::new);
    assertEquals(
        "gpt 1 2:ext4 3 4 5 6 and 2 more",
        cell(contents(Scheme.GPT, Optional.empty(), "", parts), null));
    assertEquals(
        "dos 1:unreadable",
        cell(contents(Scheme.MBR, Optional.empty(), "", part(1, Optional.empty(), "torn")), null));
    assertEquals("ext4", cell(contents(Scheme.NONE, Optional.of(EXT4), ""), null));
    assertEquals("-", cell(contents(Scheme.NONE, Optional.empty(), ""), null));
  }

  @Test
  void aListingSaysWhatCannotBeLookedAt() {
    InfoContents unknown = new InfoContents(null, "gone");
    assertEquals("unreadable", cell(unknown, null));
    assertEquals("in use", cell(unknown, new ImageException(ImageException.Kind.LOCKED, "locked")));
    assertEquals("-", cell(unknown, new IOException("damaged")));
    assertEquals("-", LsContents.words(new Item(Path.of("a"), "raw", 1, 1, null, null), null));
  }
}
