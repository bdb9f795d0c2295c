// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.vdiskfs.disk.DiskMap;
import io.github.vdiskfs.disk.DiskMap.Range;
import io.github.vdiskfs.disk.DiskOpener;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vdiskfs map}: where the bytes of a disk live, through the whole backing chain. */
@Command(
    name = "map",
    description = "Prints where the bytes of an image's disk live, with qemu-img map's fields.",
    mixinStandardHelpOptions = true)
final class MapCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--output",
      paramLabel = "human|json",
      defaultValue = "human",
      description = "How to print; default: ${DEFAULT-VALUE}.")
  private Output output = Output.HUMAN;

  @Mixin private OptionWords words = new OptionWords();

  @Parameters(paramLabel = "IMAGE", description = "The image.")
  private Path image = Path.of("");

  @Override
  public Integer call() throws IOException {
    MountOptions options = words.parse();
    try (Source source = Source.ofImage(image, options);
        DiskOpener.Opened opened = source.opener().open(source.image());
        Progress progress = Progress.start("map", opened.disk().size())) {
      DiskMap map = new DiskMap(opened.disk());
      PrintWriter out = spec.commandLine().getOut();
      if (output == Output.JSON) {
        printJson(map, out, progress);
      } else {
        printText(map, out, progress);
      }
      out.flush();
    }
    return 0;
  }

  private static void printJson(DiskMap map, PrintWriter out, Progress progress)
      throws IOException {
    JsonGenerator json = Output.json(out);
    json.writeStartArray();
    for (Range range = map.next(); range != null; range = map.next()) {
      progress.at(range.start());
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
    json.writeEndArray();
    json.flush();
    out.println();
  }

  private static void printText(DiskMap map, PrintWriter out, Progress progress)
      throws IOException {
    String row = "%-16s %-16s %-16s %s%n";
    out.printf(row, "Offset", "Length", "Mapped to", "File");
    for (Range range = map.next(); range != null; range = map.next()) {
      progress.at(range.start());
      if (range.data() && !range.zero()) {
        String at = range.compressed() ? "compressed" : hex(range.hostOffset());
        out.printf(row, hex(range.start()), hex(range.length()), at, Words.printable(range.file()));
      }
    }
  }

  private static String hex(long number) {
    return number == 0 ? "0" : "0x" + Long.toHexString(number);
  }
}
