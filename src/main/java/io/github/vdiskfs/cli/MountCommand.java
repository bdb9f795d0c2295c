// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vdiskfs mount}. */
@Command(
    name = "mount",
    description = {
      "Mounts SOURCE, a folder of images or one image, on the empty folder MOUNTPOINT.",
      "Every image NAME shows as the raw disk NAME.raw, its partitions in NAME.parts,",
      "its internal snapshots in NAME.snapshots; sub-folders are mirrored.",
      ""
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nMount options:%n",
    footer = {
      "  ro, rw                 read-only or writable",
      "  cache=page|none        through the kernel's page cache, or direct I/O (page)",
      "  backing=confined|none|any",
      "                         files that images name (backing files, extents) must",
      "                         lie inside SOURCE; may not be named; may lie anywhere",
      "                         (confined)",
      "  backing_dir=DIR        another folder in which such files may lie; repeatable",
      "  force_share            read images that another program has open for writing",
      "  write_base             images that others are based on may be written",
      "  probe=trust            images known by their content alone may name files too",
      "  allow_other            other users may look at the mount (the default for",
      "                         root; noallow_other turns it off)",
      "  uid=N, gid=N, umask=N  owner, group and permissions of the files",
      "  meta_cache=SIZE        memory for mapping tables (64M)",
      "  data_cache=SIZE        memory for decompressed clusters (64M)",
      "  threads=N              request threads (number of cores, at most 4)",
      "  noparts, nosnapshots   no NAME.parts, no NAME.snapshots",
      "  log=FILE, debug        where and how much to log (syslog; with -f stderr)",
      "Options of fstab such as nofail or _netdev are accepted and ignored."
    })
final class MountCommand implements Callable<Integer> {
  @Option(names = "-f", description = "Stay in the foreground and log to stderr.")
  private boolean foreground;

  @Option(names = "--server", hidden = true)
  private boolean server;

  @Mixin private OptionWords words = new OptionWords();

  @Parameters(index = "0", paramLabel = "SOURCE", description = "A folder of images, or one image.")
  private Path named = Path.of("");

  @Parameters(index = "1", paramLabel = "MOUNTPOINT", description = "An empty folder.")
  private Path mountPoint = Path.of("");

  @Override
  public Integer call() throws IOException {
    MountOptions options = words.parse();
    MountPoint target = MountPoint.check(mountPoint);
    try (Source source = Source.open(named, options)) {
      target.checkApartFrom(source.gate().source());
      source.gate().keepOff(target.path());
      if (server || foreground) {
        return new Server(source, target, options).run(server);
      }
    }
    String from = named.toAbsolutePath().toString();
    String to = target.path().toString();
    return Background.start(
        List.of("mount", "--server", "-o", options.joined(), "--", from, to), options);
  }
}
