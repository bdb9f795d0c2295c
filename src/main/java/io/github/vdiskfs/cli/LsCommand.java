// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.vdiskfs.mount.Inventory;
import io.github.vdiskfs.mount.Inventory.Item;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vdiskfs ls}: the images that a mount of SOURCE would show. */
@Command(
    name = "ls",
    description = "Lists the images that a mount of SOURCE would show.",
    mixinStandardHelpOptions = true)
final class LsCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--output",
      paramLabel = "human|json",
      defaultValue = "human",
      description = "How to print; default: ${DEFAULT-VALUE}.")
  private Output output = Output.HUMAN;

  @Mixin private OptionWords words = new OptionWords();

  @Parameters(paramLabel = "SOURCE", description = "A folder of images, or one image.")
  private Path named = Path.of("");

  @Override
  public Integer call() throws IOException {
    MountOptions options = words.parse();
    Logging.errorsOnly();
    try (Source source = Source.open(named, options)) {
      Inventory inventory = new Inventory(source.gate(), source.opener(), source.only());
      PrintWriter out = spec.commandLine().getOut();
      if (output == Output.JSON) {
        printJson(inventory, out);
      } else {
        printTable(inventory, out);
      }
      out.flush();
    }
    return 0;
  }

  private static void printTable(Inventory inventory, PrintWriter out) throws IOException {
    TextTable table =
        new TextTable("NAME", "FORMAT", ">VIRTUAL SIZE", ">HOST SIZE", "BACKING FILE", "STATE");
    inventory.forEach(
        item ->
            table.row(
                item.path().toString(),
                item.format(),
                item.error() == null ? Sizes.human(item.virtualSize()) : "-",
                Sizes.human(item.hostSize()),
                item.backing() == null ? "-" : item.backing(),
                state(item)));
    table.print(out);
  }

  private static void printJson(Inventory inventory, PrintWriter out) throws IOException {
    JsonGenerator json = Output.json(out);
    json.writeStartArray();
    inventory.forEach(
        item -> {
          try {
            json.writeObject(fields(item));
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
    json.writeEndArray();
    json.flush();
    out.println();
  }

  private static Map<String, Object> fields(Item item) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("filename", item.path().toString());
    fields.put("format", item.format());
    if (item.error() == null) {
      fields.put("virtual-size", item.virtualSize());
    }
    fields.put("actual-size", item.hostSize());
    if (item.backing() != null) {
      fields.put("backing-filename", item.backing());
    }
    fields.put("state", state(item));
    return fields;
  }

  private static String state(Item item) {
    IOException error = item.error();
    return error == null ? "ok" : Words.of(error);
  }
}
