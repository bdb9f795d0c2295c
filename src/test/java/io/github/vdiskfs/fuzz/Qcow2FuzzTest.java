// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuzz;

import io.github.vdiskfs.format.qcow2.Qcow2Format;

/** Hostile qcow2 images. */
final class Qcow2FuzzTest extends FormatFuzz {
  Qcow2FuzzTest() {
    super(
        new Qcow2Format(),
        "qcow2/v2.qcow2",
        "qcow2/v3.qcow2",
        "qcow2/small.qcow2",
        "qcow2/subclusters.qcow2",
        "qcow2/snapshots.qcow2",
        "qcow2/bitmaps.qcow2",
        "qcow2/overlay.qcow2",
        "qcow2/zstd.qcow2",
        "qcow2/data-file.qcow2",
        "qcow2/empty.qcow2",
        "qcow2-write/packed.qcow2",
        "qcow2-write/snapshots-v2.qcow2",
        "qcow2-write/packed-extended.qcow2");
  }
}
