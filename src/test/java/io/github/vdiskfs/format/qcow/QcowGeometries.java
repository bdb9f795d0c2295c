// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.qcow;

import io.github.vdiskfs.image.Geometry;
import io.github.vdiskfs.image.TestImages;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** The shapes of image that writing is proved on. */
final class QcowGeometries {
  private QcowGeometries() {}

  static List<Geometry> all() {
    QcowFormat format = new QcowFormat();
    byte[] base = new byte[200_000];
    new Random(1).nextBytes(base);
    return List.of(
        Geometry.created(format, 600_064, Map.of()),
        Geometry.created(format, (5 << 20) + 512, Map.of()),
        Geometry.overlay(format, 300_032, Map.of(), base),
        Geometry.sample("qcow/plain.qcow"),
        Geometry.sample("qcow/packed.qcow"),
        Geometry.of(
            "sample overlay.qcow, clusters of 512 bytes",
            "overlay.qcow",
            folder ->
                folder.putAll(
                    Map.of(
                        "overlay.qcow", TestImages.bytes("qcow/overlay.qcow"), "base.raw", base))));
  }
}
