// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.storage.Gate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Everything that a mount of SOURCE would show, without mounting it. */
public final class Inventory {
  /**
   * One image.
   *
   * @param path relative to SOURCE
   * @param format the format's name
   * @param virtualSize bytes of the disk; 0 where it cannot be served
   * @param hostSize host bytes that the image takes, without its backing files
   * @param backing name of the backing file as it stands in the image, or null
   * @param error why it cannot be served, or null
   */
  public record Item(
      Path path,
      String format,
      long virtualSize,
      long hostSize,
      @Nullable String backing,
      @Nullable IOException error) {}

  private final ImageDirectory directory;
  private final DiskStates states;

  /**
   * @param only the one image that is shown, or null for all
   */
  public Inventory(Gate gate, DiskOpener opener, @Nullable Path only) {
    this.directory = new ImageDirectory(gate, opener, only, Set.of());
    this.states = new DiskStates(gate, opener, new OpenDisks(opener));
  }

  /**
   * Visits all images, folder by folder, in the order of their names.
   *
   * @throws IOException where SOURCE itself cannot be read; damaged images do not throw
   */
  public void forEach(Consumer<Item> visitor) throws IOException {
    for (Path image : directory.allImages()) {
      visitor.accept(item(image));
    }
  }

  private Item item(Path path) throws IOException {
    try {
      DiskState state = states.of(path);
      return new Item(
          path,
          directory.formatOf(path),
          state.size(),
          state.ownBlocks() * 512,
          state.backing(),
          state.error());
    } catch (IOException e) {
      return new Item(path, directory.formatOf(path), 0, 0, null, e);
    }
  }
}
