// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuzz;

import io.github.vdiskfs.format.vdi.VdiFormat;

/** Hostile VDI images. */
final class VdiFuzzTest extends FormatFuzz {
  VdiFuzzTest() {
    super(
        new VdiFormat(),
        "vdi/dynamic.vdi",
        "vdi/static.vdi",
        "vdi/blocks.vdi",
        "vdi/empty.vdi",
        "vdi/none.vdi",
        "vdi/child.vdi");
  }
}
