// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.image.BackingReference;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vdiskfs create}: makes an empty image, with the options of {@code qemu-img create}. */
@Command(
    name = "create",
    description = "Makes an empty image. A file that exists is left alone.",
    mixinStandardHelpOptions = true)
final class CreateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "-f",
      required = true,
      paramLabel = "FORMAT",
      description = "raw, qcow2, qcow, vdi, vmdk or vpc.")
  private String format = "";

  @Option(
      names = "-o",
      split = ",",
      paramLabel = "K=V",
      description = "Options of the format, as in qemu-img create -o; comma-separated.")
  private Map<String, String> options = new LinkedHashMap<>();

  @Option(names = "-b", paramLabel = "BACKING", description = "The backing file.")
  private @Nullable String backing;

  @Option(names = "-F", paramLabel = "FMT", description = "The backing file's format.")
  private @Nullable String backingFormat;

  @Parameters(index = "0", paramLabel = "IMAGE", description = "The new file.")
  private Path image = Path.of("");

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "SIZE",
      converter = Sizes.class,
      description = "Virtual size, such as 10G; by default the backing file's.")
  private @Nullable Long size;

  @Override
  public Integer call() throws IOException {
    Path target = image.toAbsolutePath().normalize();
    Path folder = target.getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      throw new FileSystemException(image.toString(), null, "there is no such folder");
    }
    BackingReference below = backing();
    long bytes = size != null ? size : sizeOf(folder, below);
    try (Source source = Source.open(folder, anywhere())) {
      source.opener().create(target.getFileName(), format, bytes, options, below);
    }
    return 0;
  }

  private @Nullable BackingReference backing() {
    if (backing == null) {
      return null;
    }
    if (backingFormat == null) {
      throw new ParameterException(
          spec.commandLine(), "-b needs -F: the backing file's format is not guessed");
    }
    return new BackingReference(backing, backingFormat);
  }

  private long sizeOf(Path folder, @Nullable BackingReference below) throws IOException {
    if (below == null) {
      throw new ParameterException(spec.commandLine(), "Missing required parameter: 'SIZE'");
    }
    Path file = folder.resolve(below.name());
    try (Source source = Source.ofImage(file, anywhere());
        DiskOpener.Opened opened = source.opener().open(source.image())) {
      return opened.disk().size();
    }
  }

  /** The user names the files here, not an image. */
  private static MountOptions anywhere() {
    try {
      return MountOptions.parse(List.of("backing=any"));
    } catch (MountOptions.BadOptionException e) {
      throw new IllegalStateException(e);
    }
  }
}
