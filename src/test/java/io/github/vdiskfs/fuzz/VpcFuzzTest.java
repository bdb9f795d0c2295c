// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.fuzz;

import io.github.vdiskfs.format.vpc.VpcFormat;

/** Hostile VHD images. */
final class VpcFuzzTest extends FormatFuzz {
  VpcFuzzTest() {
    super(
        new VpcFormat(),
        "vpc/blocks.vhd",
        "vpc/fixed.vhd",
        "vpc/old.vhd",
        "vpc/empty.vhd",
        "vpc/child.vhd");
  }
}
