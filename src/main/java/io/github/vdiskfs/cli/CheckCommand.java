// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.image.CheckReport;
import io.github.vdiskfs.image.ImageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code vdiskfs check}: with the fields and exit codes of {@code qemu-img check}. */
@Command(
    name = "check",
    description = "Checks an image and, where asked, mends it.",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:No errors were found, or all were mended",
      "1:The check could not be done",
      "2:The image is corrupt",
      "3:The image has leaked clusters, but is not corrupt",
      "63:Images of this format cannot be checked"
    })
final class CheckCommand implements Callable<Integer> {
  private static final int CLEAN = 0;
  private static final int FAILED = 1;
  private static final int CORRUPT = 2;
  private static final int LEAKS = 3;
  private static final int NOT_SUPPORTED = 63;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--output",
      paramLabel = "human|json",
      defaultValue = "human",
      description = "How to print; default: ${DEFAULT-VALUE}.")
  private Output output = Output.HUMAN;

  @Option(
      names = "-r",
      paramLabel = "leaks|all",
      converter = RepairConverter.class,
      description = "Give leaked space back, or mend everything that can be mended.")
  private CheckReport.Repair repair = CheckReport.Repair.NONE;

  @Mixin private OptionWords words = new OptionWords();

  @Parameters(paramLabel = "IMAGE", description = "The image.")
  private Path image = Path.of("");

  /** The words that a user may say. */
  static final class RepairConverter implements ITypeConverter<CheckReport.Repair> {
    @Override
    public CheckReport.Repair convert(String word) {
      return switch (word) {
        case "leaks" -> CheckReport.Repair.LEAKS;
        case "all" -> CheckReport.Repair.ALL;
        default -> throw new TypeConversionException("expected leaks or all, found '" + word + "'");
      };
    }
  }

  @Override
  public Integer call() throws IOException {
    MountOptions options = words.parse();
    try (Source source = Source.ofImage(image, options);
        DiskOpener.Top top = source.opener().openTop(source.image());
        Progress progress = Progress.start("check", top.file().size())) {
      CheckReport report =
          new CheckReport(repair, (done, total) -> progress.at(scale(done, total, top)));
      try {
        top.image().check(report);
      } catch (ImageException e) {
        if (e.kind() == ImageException.Kind.UNSUPPORTED) {
          spec.commandLine().getErr().println("vdiskfs: " + Words.of(e));
          return NOT_SUPPORTED;
        }
        throw e;
      }
      print(report, top.image().info().format());
      return exitCode(report);
    }
  }

  private static long scale(long done, long total, DiskOpener.Top top) {
    return total <= 0 ? 0 : (long) ((double) done / total * top.file().size());
  }

  private static int exitCode(CheckReport report) {
    if (report.corruptions() > 0) {
      return CORRUPT;
    }
    if (report.errors() > 0) {
      return FAILED;
    }
    return report.leaks() > 0 ? LEAKS : CLEAN;
  }

  private void print(CheckReport report, String format) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    if (output == Output.JSON) {
      JsonGenerator json = Output.json(out);
      json.writeObject(fields(report, format));
      json.flush();
      out.println();
    } else {
      printText(report, out);
    }
    out.flush();
  }

  private Map<String, Object> fields(CheckReport report, String format) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("image-end-offset", report.imageEndOffset());
    fields.put("total-clusters", report.totalUnits());
    fields.put("check-errors", report.errors());
    putCount(fields, "corruptions", report.corruptions());
    putCount(fields, "corruptions-fixed", report.corruptionsFixed());
    putCount(fields, "leaks", report.leaks());
    putCount(fields, "leaks-fixed", report.leaksFixed());
    putCount(fields, "allocated-clusters", report.allocatedUnits());
    putCount(fields, "fragmented-clusters", report.fragmentedUnits());
    putCount(fields, "compressed-clusters", report.compressedUnits());
    fields.put("filename", image.toString());
    fields.put("format", format);
    return fields;
  }

  /** As qemu-img does it, what is zero is left out. */
  private static void putCount(Map<String, Object> fields, String name, long count) {
    if (count != 0) {
      fields.put(name, count);
    }
  }

  private static void printText(CheckReport report, PrintWriter out) {
    report.words().forEach(line -> out.println(Words.printable(line)));
    if (report.corruptionsFixed() + report.leaksFixed() > 0) {
      out.printf(
          "The following inconsistencies were found and repaired:%n%n    %d leaked clusters%n"
              + "    %d corruptions%n%n",
          report.leaksFixed(), report.corruptionsFixed());
    }
    if (report.corruptions() > 0) {
      out.printf(
          "%d errors were found on the image.%nData may be corrupted, or further writes to the"
              + " image may corrupt it.%n",
          report.corruptions());
    }
    if (report.leaks() > 0) {
      out.printf(
          "%d leaked clusters were found on the image.%nThis means waste of disk space, but no"
              + " harm to data.%n",
          report.leaks());
    }
    if (report.errors() > 0) {
      out.printf("%d internal errors have occurred during the check.%n", report.errors());
    }
    if (report.corruptions() + report.leaks() + report.errors() == 0) {
      out.println("No errors were found on the image.");
    }
    if (report.totalUnits() > 0) {
      printUnits(report, out);
    }
    if (report.imageEndOffset() > 0) {
      out.println("Image end offset: " + report.imageEndOffset());
    }
  }

  private static void printUnits(CheckReport report, PrintWriter out) {
    double allocated = report.allocatedUnits();
    out.printf(
        "%d/%d = %.2f%% allocated, %.2f%% fragmented, %.2f%% compressed clusters%n",
        report.allocatedUnits(),
        report.totalUnits(),
        allocated * 100 / report.totalUnits(),
        allocated == 0 ? 0 : report.fragmentedUnits() * 100 / allocated,
        allocated == 0 ? 0 : report.compressedUnits() * 100 / allocated);
  }
}
