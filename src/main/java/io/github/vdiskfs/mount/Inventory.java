// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.mount;

import io.github.vdiskfs.disk.DiskOpener;
import io.github.vdiskfs.mount.ImageDirectory.Listing;
import io.github.vdiskfs.storage.Gate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Everything that a mount of SOURCE would show, without mounting it. */
public final class Inventory {
  /** Folders that are looked at; a deeper or wider tree is cut off. */
  private static final int MAX_FOLDERS = 100_000;

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
    this.directory = new ImageDirectory(gate, opener, only);
    this.states = new DiskStates(gate, opener);
  }

  /**
   * Visits all images, folder by folder, in the order of their names.
   *
   * @throws IOException where SOURCE itself cannot be read; damaged images do not throw
   */
  public void forEach(Consumer<Item> visitor) throws IOException {
    Deque<Path> folders = new ArrayDeque<>();
    folders.add(Path.of(""));
    for (int seen = 0; !folders.isEmpty() && seen < MAX_FOLDERS; seen++) {
      Path folder = folders.remove();
      Optional<Listing> listing = directory.listing(folder);
      if (listing.isPresent()) {
        listing.get().folders().forEach(name -> folders.add(folder.resolve(name)));
        visit(folder, listing.get(), visitor);
      }
    }
  }

  private void visit(Path folder, Listing listing, Consumer<Item> visitor) {
    listing
        .images()
        .forEach(
            (name, format) -> {
              try {
                visitor.accept(item(folder.resolve(name), format));
              } catch (IOException e) {
                visitor.accept(new Item(folder.resolve(name), format, 0, 0, null, e));
              }
            });
  }

  private Item item(Path path, String format) throws IOException {
    DiskState state = states.of(path);
    return new Item(
        path, format, state.size(), state.ownBlocks() * 512, state.backing(), state.error());
  }
}
