// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.cli;

import io.github.vdiskfs.image.ImageException;
import io.github.vdiskfs.mount.Inventory.Item;
import io.github.vdiskfs.partition.DiskContents;
import io.github.vdiskfs.partition.DiskContents.Part;
import io.github.vdiskfs.storage.FileInUseException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What is on a disk, in a word or a few: {@code gpt 1:vfat 2:ext4}, {@code ext4} of a disk without
 * partitions, {@code -} where nothing is known.
 */
final class LsContents {
  /** More partitions are only counted. */
  private static final int MAX_SHOWN = 6;

  private LsContents() {}

  /**
   * The cell of an image's row.
   *
   * @param contents null where the image cannot be served
   */
  static String words(Item item, @Nullable InfoContents contents) {
    IOException error = item.error();
    if (error != null || contents == null) {
      return isInUse(error) ? "in use" : "-";
    }
    DiskContents found = contents.found();
    return found == null ? "unreadable" : words(found);
  }

  private static boolean isInUse(@Nullable IOException error) {
    boolean itself = error instanceof FileInUseException;
    return itself || (error instanceof ImageException e && e.kind() == ImageException.Kind.LOCKED);
  }

  private static String words(DiskContents found) {
    StringBuilder words = new StringBuilder(found.table().scheme().label());
    found.parts().stream().limit(MAX_SHOWN).forEach(part -> words.append(' ').append(word(part)));
    int more = found.parts().size() - MAX_SHOWN;
    if (more > 0) {
      words.append(" and ").append(more).append(" more");
    }
    found.whole().ifPresent(content -> words.append(' ').append(content.type()));
    String all = words.toString().strip();
    return all.isEmpty() ? "-" : all;
  }

  private static String word(Part part) {
    String type = InfoContents.type(part);
    return part.partition().number() + (type.equals("-") ? "" : ":" + type);
  }
}
