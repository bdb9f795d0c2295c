// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import picocli.CommandLine.IVersionProvider;

/** The program's version, as the jar's manifest has it. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = Main.class.getPackage().getImplementationVersion();
    return new String[] {"vdiskfs " + (version == null ? "(not packaged)" : version)};
  }
}
