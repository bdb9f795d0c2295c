// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow2;

import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.ImageInfo;
import io.github.vdiskfs.image.SnapshotInfo;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What an image says of itself, in the terms of {@code qemu-img info}. */
final class Qcow2Info {
  private Qcow2Info() {}

  static ImageInfo of(
      Storage storage, Qcow2Header header, HeaderExtensions extensions, SnapshotTable snapshots)
      throws IOException {
    return new ImageInfo(
        Qcow2Format.NAME,
        header.virtualSize(),
        header.clusterBytes(),
        backing(storage, header, extensions),
        Features.DIRTY.in(header.incompatibleFeatures()),
        false,
        snapshots.infos(),
        details(storage, header, extensions),
        List.of());
  }

  /** The same image with its external data file. */
  static ImageInfo withFile(ImageInfo info, Storage dataFile) {
    return new ImageInfo(
        info.format(),
        info.virtualSize(),
        info.unitSize(),
        info.backing(),
        info.dirty(),
        info.encrypted(),
        info.snapshots(),
        info.details(),
        List.of(dataFile));
  }

  /** The same image at the time of a snapshot. */
  static ImageInfo at(ImageInfo active, SnapshotInfo snapshot) {
    return new ImageInfo(
        active.format(),
        snapshot.virtualSize(),
        active.unitSize(),
        active.backing(),
        active.dirty(),
        active.encrypted(),
        List.of(),
        active.details(),
        active.files());
  }

  private static @Nullable BackingReference backing(
      Storage storage, Qcow2Header header, HeaderExtensions extensions) throws IOException {
    if (header.backingFileOffset() == 0) {
      return null;
    }
    long start = header.backingFileOffset();
    long bytes = header.backingFileSize();
    String name =
        new FieldReader(storage, "backing file name", start, start + bytes).text((int) bytes);
    return name.isEmpty() ? null : new BackingReference(name, extensions.backingFormat());
  }

  private static Map<String, Object> details(
      Storage storage, Qcow2Header header, HeaderExtensions extensions) throws IOException {
    Map<String, Object> details = new LinkedHashMap<>();
    boolean v3 = header.version() >= 3;
    details.put("compat", v3 ? "1.1" : "0.10");
    details.put("compression-type", header.compressionType() == Qcow2Header.ZSTD ? "zstd" : "zlib");
    if (v3) {
      details.put("lazy-refcounts", Features.LAZY_REFCOUNTS.in(header.compatibleFeatures()));
      HeaderExtensions.Bitmaps bitmaps = extensions.bitmaps();
      if (bitmaps != null) {
        details.put("bitmaps", BitmapDirectory.read(storage, bitmaps));
      }
    }
    details.put("refcount-bits", 1 << header.refcountOrder());
    if (v3) {
      String dataFile = extensions.dataFile();
      if (dataFile != null) {
        details.put("data-file", dataFile);
        details.put("data-file-raw", Features.RAW_EXTERNAL_DATA.in(header.autoclearFeatures()));
      }
      details.put("corrupt", Features.CORRUPT.in(header.incompatibleFeatures()));
      details.put("extended-l2", Features.EXTENDED_L2.in(header.incompatibleFeatures()));
    }
    return Collections.unmodifiableMap(details);
  }
}
