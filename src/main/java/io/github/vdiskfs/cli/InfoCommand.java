// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.vdiskfs.disk.DiskOpener;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vdiskfs info}: what an image says of itself, and what is on its disk. */
@Command(
    name = "info",
    description = {
      "Prints what an image says of itself, with qemu-img info's fields, and what is on its disk:",
      "partition table, partitions, file systems."
    },
    mixinStandardHelpOptions = true)
final class InfoCommand implements Callable<Integer> {
  /** One look into a partition takes some milliseconds; a damaged host may need seconds. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

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
        DiskOpener.Top top = source.opener().openTop(source.image())) {
      InfoReport report = InfoReport.of(image, top);
      InfoContents contents = InfoContents.look(source.opener(), source.image(), PATIENCE);
      PrintWriter out = spec.commandLine().getOut();
      if (output == Output.JSON) {
        JsonGenerator json = Output.json(out);
        Map<String, Object> fields = report.json();
        fields.putAll(contents.json());
        json.writeObject(fields);
        json.flush();
        out.println();
      } else {
        report.print(out);
        contents.print(out);
      }
      out.flush();
    }
    return 0;
  }
}
