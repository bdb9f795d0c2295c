// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.vdiskfs.disk.DiskMap;
import io.github.vdiskfs.disk.DiskMap.Range;
import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.disk.VirtualDisk;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vdiskfs map}: where the bytes of a disk live, through the whole backing chain. */
@Command(
    name = "map",
    description = "Prints where the bytes of an image's disk live, with qemu-img map's fields.",
    mixinStandardHelpOptions = true)
final class MapCommand implements Callable<Integer> {
  private static final int MAX_ROWS = 200;

  /** What qemu-img says of a disk without bytes. */
  private static final Range EMPTY = new Range(0, 0, 0, false, false, false, false, -1, "");

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--output",
      paramLabel = "human|json",
      defaultValue = "human",
      description = "How to print; default: ${DEFAULT-VALUE}.")
  private Output output = Output.HUMAN;

  @Option(
      names = "--graph",
      description = {
        "Draw a picture of the disk. Each character stands for a piece of it: bytes that are stored"
            + " go before zeroes, and zeroes before holes, however few; of stored kinds the most"
            + " frequent shows."
      })
  private boolean graph;

  @Option(
      names = "--rows",
      paramLabel = "N",
      defaultValue = "8",
      description = "Lines of the picture, 1 to " + MAX_ROWS + "; default: ${DEFAULT-VALUE}.")
  private int rows;

  @Mixin private OptionWords words = new OptionWords();

  @Parameters(paramLabel = "IMAGE", description = "The image.")
  private Path image = Path.of("");

  @Override
  public Integer call() throws IOException {
    MountOptions options = words.parse();
    checkUsage();
    try (Source source = Source.ofImage(image, options);
        DiskOpener.Opened opened = source.opener().open(source.image());
        Progress progress = Progress.start("map", opened.disk().size())) {
      DiskMap map = new DiskMap(opened.disk());
      PrintWriter out = spec.commandLine().getOut();
      if (graph) {
        draw(opened.disk(), out, progress);
      } else if (output == Output.JSON) {
        printJson(map, opened.disk().size(), out, progress);
      } else {
        printText(map, new MapNames(image, opened), out, progress);
      }
      out.flush();
    }
    return 0;
  }

  private void checkUsage() {
    if (graph && output == Output.JSON) {
      throw new ParameterException(spec.commandLine(), "--graph is for people: it has no JSON");
    }
    if (rows < 1 || rows > MAX_ROWS) {
      throw new ParameterException(
          spec.commandLine(), "--rows: expected a number from 1 to " + MAX_ROWS);
    }
  }

  private void draw(VirtualDisk disk, PrintWriter out, Progress progress) throws IOException {
    MapScreen screen = MapScreen.ofStdout();
    MapCells cells = MapGraph.cells(disk.size(), screen, rows);
    DiskMap map = new DiskMap(disk);
    for (Range range = map.next(); range != null; range = map.next()) {
      progress.at(range.start());
      boolean raw = disk.chain().get(range.depth()).info().format().equals("raw");
      cells.add(MapKind.of(range, raw), range.start(), range.length());
    }
    MapGraph.print(cells, screen, out);
  }

  private static void printJson(DiskMap map, long size, PrintWriter out, Progress progress)
      throws IOException {
    JsonGenerator json = Output.json(out);
    json.writeStartArray();
    if (size == 0) {
      writeRange(json, EMPTY);
    }
    for (Range range = map.next(); range != null; range = map.next()) {
      progress.at(range.start());
      writeRange(json, range);
    }
    json.writeEndArray();
    json.flush();
    out.println();
  }

  private static void writeRange(JsonGenerator json, Range range) throws IOException {
    json.writeStartObject();
    json.writeNumberField("start", range.start());
    json.writeNumberField("length", range.length());
    json.writeNumberField("depth", range.depth());
    json.writeBooleanField("present", range.present());
    json.writeBooleanField("zero", range.zero());
    json.writeBooleanField("data", range.data());
    json.writeBooleanField("compressed", range.compressed());
    if (range.hostOffset() >= 0) {
      json.writeNumberField("offset", range.hostOffset());
    }
    json.writeEndObject();
  }

  private static void printText(DiskMap map, MapNames names, PrintWriter out, Progress progress)
      throws IOException {
    String row = "%-16s %-16s %-16s %s%n";
    out.printf(row, "Offset", "Length", "Mapped to", "File");
    for (Range range = map.next(); range != null; range = map.next()) {
      progress.at(range.start());
      if (range.data() && !range.zero()) {
        String at = range.compressed() ? "compressed" : hex(range.hostOffset());
        String file = range.file().isEmpty() ? "" : names.shown(range.file());
        out.printf(row, hex(range.start()), hex(range.length()), at, Words.printable(file));
      }
    }
  }

  private static String hex(long number) {
    return number == 0 ? "0" : "0x" + Long.toHexString(number);
  }
}
