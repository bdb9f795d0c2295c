// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code -o}, the same for every command that opens images. */
final class OptionWords {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "-o",
      paramLabel = "OPT,...",
      description = "Mount options; 'vdiskfs mount --help' lists them.")
  private List<String> lists = new ArrayList<>();

  /** The options; a word that is not understood is wrong usage. */
  MountOptions parse() {
    try {
      return MountOptions.parse(lists);
    } catch (MountOptions.BadOptionException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }
}
