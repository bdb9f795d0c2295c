// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuzz;

import io.github.vdiskfs.format.vmdk.VmdkFormat;

/** Hostile VMDK images. */
final class VmdkFuzzTest extends FormatFuzz {
  VmdkFuzzTest() {
    super(
        new VmdkFormat(),
        "vmdk/sparse.vmdk",
        "vmdk/stream.vmdk",
        "vmdk/zeroed.vmdk",
        "vmdk/flat.vmdk",
        "vmdk/custom.vmdk",
        "vmdk/split.vmdk",
        "vmdk/esx.vmdk",
        "vmdk/esx-delta.vmdk",
        "vmdk/split-s001.vmdk");
  }
}
