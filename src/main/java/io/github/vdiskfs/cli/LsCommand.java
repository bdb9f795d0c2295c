// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.vdiskfs.mount.Inventory;
import io.github.vdiskfs.mount.Inventory.Item;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
  /** A disk whose partitions take longer than this to read does not keep the others waiting. */
  private static final Duration PATIENCE = Duration.ofSeconds(1);

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

  private boolean isOne;

  @Override
  public Integer call() throws IOException {
    MountOptions options = words.parse();
    Logging.errorsOnly();
    try (Source source = Source.open(named, options)) {
      isOne = source.only() != null;
      Inventory inventory = new Inventory(source.gate(), source.opener(), source.only());
      PrintWriter out = spec.commandLine().getOut();
      if (output == Output.JSON) {
        printJson(source, inventory, out);
      } else {
        printTable(source, inventory, out);
      }
      out.flush();
    }
    return 0;
  }

  private void printTable(Source source, Inventory inventory, PrintWriter out) throws IOException {
    TextTable table =
        new TextTable(
            "NAME", "FORMAT", ">VIRTUAL SIZE", ">HOST SIZE", "PARTITIONS", "BACKING FILE", "STATE");
    inventory.forEach(
        item ->
            table.row(
                name(item),
                item.format(),
                item.error() == null ? Sizes.human(item.virtualSize()) : "-",
                Sizes.human(item.hostSize()),
                LsContents.words(item, contents(source, item)),
                item.backing() == null ? "-" : item.backing(),
                state(item)));
    table.print(out);
  }

  private void printJson(Source source, Inventory inventory, PrintWriter out) throws IOException {
    JsonGenerator json = Output.json(out);
    json.writeStartArray();
    inventory.forEach(
        item -> {
          try {
            json.writeObject(fields(source, item));
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        });
    json.writeEndArray();
    json.flush();
    out.println();
  }

  private Map<String, Object> fields(Source source, Item item) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("filename", name(item));
    fields.put("format", item.format());
    if (item.error() == null) {
      fields.put("virtual-size", item.virtualSize());
    }
    fields.put("actual-size", item.hostSize());
    InfoContents contents = contents(source, item);
    if (contents != null) {
      fields.putAll(contents.json());
    }
    if (item.backing() != null) {
      fields.put("backing-filename", item.backing());
    }
    fields.put("state", state(item));
    return fields;
  }

  /** Below a folder the path in it; of one image the path as the user named it. */
  private String name(Item item) {
    return isOne ? named.toString() : item.path().toString();
  }

  /** What is on the disk; null where it cannot be served. */
  private static @Nullable InfoContents contents(Source source, Item item) {
    return item.error() == null ? InfoContents.look(source.opener(), item.path(), PATIENCE) : null;
  }

  private static String state(Item item) {
    IOException error = item.error();
    return error == null ? "ok" : Words.of(error);
  }
}
