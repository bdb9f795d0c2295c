// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

import static io.github.vdiskfs.format.vdi.VdiBuilder.BLOCK;
import static io.github.vdiskfs.format.vdi.VdiBuilder.FREE;
import static io.github.vdiskfs.format.vdi.VdiBuilder.ZERO;

import io.github.vdiskfs.image.Geometry;
import io.github.vdiskfs.image.ImageFormat;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The shapes of VDI that the writer is proved on. */
final class VdiGeometries {
  private static final UUID PARENT = new UUID(7, 7);

  private VdiGeometries() {}

  static List<Geometry> all() {
    ImageFormat format = new VdiFormat();
    return List.of(
        Geometry.created(format, (3 << 20) + 512, Map.of()).withResize(),
        Geometry.created(format, 2 << 20, Map.of("static", "on")).withResize(),
        small().withResize(),
        full().withResize(),
        child().withResize());
  }

  private static Geometry image(String label, Map<String, byte[]> files) {
    return Geometry.of(label, "disk.vdi", folder -> folder.putAll(files));
  }

  /** Small blocks of every kind, in any order, with a gap and a block that nothing leads to. */
  private static Geometry small() {
    int[] entries = new int[40];
    Arrays.fill(entries, FREE);
    entries[0] = 4;
    entries[1] = 1;
    entries[2] = ZERO;
    entries[20] = 0;
    entries[39] = 3;
    byte[] image =
        new VdiBuilder(entries, VdiBuilder.blocks(6, 1)).diskSize(39 * BLOCK + 512).build();
    return image("small blocks", Map.of("disk.vdi", image));
  }

  /** The block map has little room to grow. */
  private static Geometry full() {
    int[] entries = new int[890];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = i % 3 == 0 ? i / 3 : FREE;
    }
    byte[] image = new VdiBuilder(entries, VdiBuilder.blocks(297, 1)).build();
    return image("full block map", Map.of("disk.vdi", image));
  }

  private static Geometry child() {
    int[] parent = new int[40];
    int[] child = new int[40];
    for (int i = 0; i < 40; i++) {
      parent[i] = i < 30 ? i : FREE;
      child[i] = i % 7 == 0 ? i / 7 : i % 7 == 1 ? ZERO : FREE;
    }
    VdiBuilder base = new VdiBuilder(parent, VdiBuilder.blocks(30, 1)).identity(PARENT, PARENT);
    VdiBuilder top = new VdiBuilder(child, VdiBuilder.blocks(6, 80)).parent(PARENT, PARENT);
    return image("differencing", Map.of("parent.vdi", base.build(), "disk.vdi", top.build()));
  }
}
