// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

import io.github.vdiskfs.image.BackingReference;
import io.github.vdiskfs.image.Geometry;
import io.github.vdiskfs.image.ImageFormat.Creation;
import io.github.vdiskfs.image.TestImages;
import io.github.vdiskfs.storage.MemoryFolder;
import io.github.vdiskfs.storage.Storage;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The shapes of disk that writing is proved on. */
final class VmdkGeometries {
  private VmdkGeometries() {}

  static List<Geometry> all() {
    VmdkFormat format = new VmdkFormat();
    return List.of(
        Geometry.created(format, 1_000_000, Map.of()),
        Geometry.created(format, 600_064, Map.of("subformat", "twoGbMaxExtentSparse")),
        Geometry.created(format, 300_032, Map.of("subformat", "monolithicFlat")),
        Geometry.created(format, 500_000, Map.of("zeroed_grain", "on")),
        Geometry.sample("vmdk/sparse.vmdk"),
        Geometry.sample("vmdk/zeroed.vmdk"),
        Geometry.sample("vmdk/split.vmdk", "split-s001.vmdk", "split-s002.vmdk"),
        Geometry.sample("vmdk/esx.vmdk", "esx-delta.vmdk"),
        Geometry.sample("vmdk/flat.vmdk", "flat-f001.vmdk", "flat-f002.vmdk"),
        delta("zeroed_grain", "off"),
        delta("zeroed_grain", "on"));
  }

  /** A delta disk, longer than its parent. */
  private static Geometry delta(String option, String value) {
    return Geometry.of(
        "delta, " + option + "=" + value,
        "delta.vmdk",
        folder -> {
          folder.putAll(Map.of("sparse.vmdk", TestImages.bytes("vmdk/sparse.vmdk")));
          create(folder, "delta.vmdk", 300_032, Map.of(option, value), "sparse.vmdk");
        });
  }

  static void create(
      MemoryFolder folder, String name, long sizeBytes, Map<String, String> options, String parent)
      throws IOException {
    BackingReference backing = new BackingReference(parent, "vmdk");
    try (Storage target = folder.create(name)) {
      new VmdkFormat().create(target, new Creation(sizeBytes, options, backing, folder));
    }
  }
}
