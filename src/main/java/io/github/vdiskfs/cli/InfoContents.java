// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.partition.Content;
import io.github.vdiskfs.partition.DiskContents;
import io.github.vdiskfs.partition.DiskContents.Part;
import io.github.vdiskfs.partition.Partition;
import io.github.vdiskfs.partition.PartitionTable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is on an image's disk, for a person and as fields for JSON.
 *
 * @param found null where the disk could not be looked at
 * @param problem why not, or empty
 */
record InfoContents(@Nullable DiskContents found, String problem) {
  /**
   * Opens an image's disk and looks.
   *
   * @param patience when it is over, no further partition is looked into
   */
  static InfoContents look(DiskOpener opener, Path image, Duration patience) {
    try (DiskOpener.Opened opened = opener.peek(image)) {
      return new InfoContents(DiskContents.read(opened.disk(), patience), "");
    } catch (IOException e) {
      return new InfoContents(null, Words.of(e));
    }
  }

  /** The fields for JSON. */
  Map<String, Object> json() {
    Map<String, Object> fields = new LinkedHashMap<>();
    if (found == null) {
      fields.put("contents-error", problem);
      return fields;
    }
    if (found.isPartitioned()) {
      fields.put("partition-table", json(found.table()));
    }
    fields.put("partitions", found.parts().stream().map(InfoContents::json).toList());
    found.whole().ifPresent(content -> fields.put("contents", json(content)));
    return fields;
  }

  private static Map<String, Object> json(PartitionTable table) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("type", table.scheme().label());
    putText(fields, "id", table.id());
    fields.put("sector-size", table.sectorBytes());
    if (!table.problems().isEmpty()) {
      fields.put("problems", table.problems());
    }
    return fields;
  }

  private static Map<String, Object> json(Part part) {
    Partition partition = part.partition();
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("number", partition.number());
    fields.put("start", partition.startOffset());
    fields.put("size", partition.sizeBytes());
    fields.put("type", partition.type());
    fields.put("type-name", partition.typeName());
    putText(fields, "name", partition.name());
    putText(fields, "uuid", partition.uuid());
    part.content().ifPresent(content -> fields.put("contents", json(content)));
    putText(fields, "contents-error", part.problem());
    return fields;
  }

  private static Map<String, Object> json(Content content) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("type", content.type());
    putText(fields, "label", content.label());
    putText(fields, "uuid", content.uuid());
    return fields;
  }

  private static void putText(Map<String, Object> fields, String name, String text) {
    if (!text.isEmpty()) {
      fields.put(name, text);
    }
  }

  /** The lines for a person. */
  void print(PrintWriter out) {
    if (found == null) {
      out.println("contents: not known: " + problem);
      return;
    }
    if (found.isPartitioned()) {
      printTable(found, out);
    }
    found.whole().ifPresent(content -> out.println("contents: " + words(content)));
    if (!found.isPartitioned() && found.whole().isEmpty()) {
      out.println("contents: no partition table, no known file system");
    }
    found.table().problems().forEach(words -> printProblem(words, out));
    for (Part part : found.parts()) {
      if (!part.problem().isEmpty()) {
        printProblem("partition " + part.partition().number() + ": " + part.problem(), out);
      }
    }
  }

  private static void printTable(DiskContents found, PrintWriter out) {
    PartitionTable table = found.table();
    String id = table.id().isEmpty() ? "" : ", id " + table.id();
    out.println(
        "partition table: "
            + table.scheme().label()
            + id
            + ", sectors of "
            + table.sectorBytes()
            + " bytes");
    TextTable rows =
        new TextTable(">NUMBER", ">START", ">SIZE", "TYPE", "NAME", "CONTENTS", "LABEL", "UUID");
    found.parts().forEach(part -> row(rows, part));
    rows.print(out);
  }

  private static void printProblem(String words, PrintWriter out) {
    out.println("problem: " + Words.printable(words));
  }

  private static void row(TextTable rows, Part part) {
    Partition partition = part.partition();
    rows.row(
        String.valueOf(partition.number()),
        String.valueOf(partition.startOffset()),
        Sizes.human(partition.sizeBytes()),
        partition.typeName(),
        orDash(partition.name()),
        type(part),
        orDash(part.content().map(Content::label).orElse("")),
        orDash(part.content().map(Content::uuid).orElse("")));
  }

  /** What a partition holds, in a word. */
  static String type(Part part) {
    return part.content().map(Content::type).orElse(part.problem().isEmpty() ? "-" : "unreadable");
  }

  private static String words(Content content) {
    String label = content.label().isEmpty() ? "" : ", label '" + content.label() + "'";
    String uuid = content.uuid().isEmpty() ? "" : ", UUID " + content.uuid();
    return Words.printable(content.type() + label + uuid);
  }

  private static String orDash(String text) {
    return text.isEmpty() ? "-" : text;
  }
}
