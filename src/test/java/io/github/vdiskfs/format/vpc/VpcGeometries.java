// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

import static io.github.vdiskfs.format.vpc.VpcBuilder.UNUSED;

import io.github.vdiskfs.image.Geometry;
import io.github.vdiskfs.image.ImageFormat;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The shapes of VHD that the writer is proved on. */
final class VpcGeometries {
  private static final UUID PARENT = new UUID(7, 7);

  private VpcGeometries() {}

  static List<Geometry> all() {
    ImageFormat format = new VpcFormat();
    return List.of(
        Geometry.created(format, (5 << 20) + 512, Map.of()),
        Geometry.created(format, 3 << 20, Map.of("subformat", "fixed")),
        small(),
        child());
  }

  private static Geometry image(String label, Map<String, byte[]> files) {
    return Geometry.of(label, "disk.vhd", folder -> folder.putAll(files));
  }

  /** Small blocks in any order, with gaps between them and sectors that were never written. */
  private static Geometry small() {
    int[] entries = new int[40];
    Arrays.fill(entries, UNUSED);
    entries[0] = 4;
    entries[1] = 1;
    entries[20] = 0;
    entries[39] = 3;
    int[] bitmaps = {0xFF, 0x0F, 0xFF, 0x81, 0};
    return image(
        "small blocks", Map.of("disk.vhd", new VpcBuilder(entries, bitmaps, blocks(5, 1)).build()));
  }

  private static Geometry child() {
    int[] parent = new int[40];
    int[] child = new int[40];
    int[] full = new int[30];
    Arrays.fill(full, 0xFF);
    for (int i = 0; i < 40; i++) {
      parent[i] = i < 30 ? i : UNUSED;
      child[i] = i % 7 == 0 ? i / 7 : UNUSED;
    }
    int[] partly = {0xFF, 0, 0x3C, 0xC3, 0x80, 0x01};
    VpcBuilder base = new VpcBuilder(parent, full, blocks(30, 1)).unique(PARENT);
    VpcBuilder top =
        new VpcBuilder(child, partly, blocks(6, 80))
            .parent(PARENT, "parent.vhd")
            .relative(".\\parent.vhd");
    return image("differencing", Map.of("parent.vhd", base.build(), "disk.vhd", top.build()));
  }

  private static byte[][] blocks(int count, int firstValue) {
    byte[][] blocks = new byte[count][];
    for (int i = 0; i < count; i++) {
      blocks[i] = VpcBuilder.block(firstValue + i);
    }
    return blocks;
  }
}
