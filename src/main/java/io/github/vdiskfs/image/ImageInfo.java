// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.image;

import io.github.vdiskfs.storage.Storage;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an image's header says, in the terms of {@code qemu-img info}.
 *
 * @param format QEMU's name of the format
 * @param virtualSize bytes that the guest sees
 * @param unitSize bytes of a cluster, block or grain; 0 where the format has none
 * @param backing the backing file or parent, or null
 * @param dirty the image was not closed cleanly by its last writer
 * @param encrypted the guest data is encrypted
 * @param snapshots internal snapshots in the order of the table
 * @param details {@code format-specific}'s {@code data}, in QEMU's order and with QEMU's names;
 *     values are strings, numbers, booleans, lists and maps; empty where QEMU has none
 * @param files further host files that the image consists of (extents, external data file)
 */
public record ImageInfo(
    String format,
    long virtualSize,
    long unitSize,
    @Nullable BackingReference backing,
    boolean dirty,
    boolean encrypted,
    List<SnapshotInfo> snapshots,
    Map<String, Object> details,
    List<Storage> files) {

  /** An image without backing file, snapshots, details or further files. */
  public static ImageInfo plain(String format, long virtualSize, long unitSize) {
    return new ImageInfo(
        format, virtualSize, unitSize, null, false, false, List.of(), Map.of(), List.of());
  }
}
