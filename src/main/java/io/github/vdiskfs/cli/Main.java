// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program. */
@Command(
    name = "vdiskfs",
    description = {
      "Shows virtual disk images (qcow2, qcow, VDI, VMDK, VHD, raw) as sparse raw files.",
      ""
    },
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    subcommands = {
      MountCommand.class,
      UmountCommand.class,
      LsCommand.class,
      InfoCommand.class,
      MapCommand.class,
      CreateCommand.class,
      CheckCommand.class
    },
    footerHeading = "%nExample:%n",
    footer = {
      "  vdiskfs mount /var/lib/images /mnt     every disk as /mnt/NAME.raw",
      "  cp --sparse=always /mnt/web.qcow2.raw /dev/vg/web",
      "  vdiskfs umount /mnt"
    })
public final class Main implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Main.class);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "Missing command");
  }

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs one command; the exit code. */
  static int run(String... args) {
    return new CommandLine(new Main())
        .setOut(new PrintWriter(System.out, false, StandardCharsets.UTF_8))
        .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8))
        .registerConverter(Output.class, new Output.Converter())
        .setExecutionExceptionHandler(Main::report)
        .setParameterExceptionHandler(Main::misused)
        .execute(args);
  }

  private static int report(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
    command.getOut().flush();
    command.getErr().println("vdiskfs: " + Words.of(e));
    log.debug("failed", e);
    return CommandLine.ExitCode.SOFTWARE;
  }

  private static int misused(ParameterException e, String[] args) {
    PrintWriter err = e.getCommandLine().getErr();
    String name = e.getCommandLine().getCommandSpec().qualifiedName();
    err.println("vdiskfs: " + e.getMessage());
    err.println("Try '" + name + " --help' for more information.");
    return CommandLine.ExitCode.USAGE;
  }
}
