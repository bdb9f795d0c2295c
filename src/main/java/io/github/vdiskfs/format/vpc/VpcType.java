// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vpc;

/** The footer's Disk Type, as far as it is supported ("Hard Disk Footer Field Descriptions"). */
enum VpcType {
  /** Type 2: the disk's bytes as they are, and a footer. */
  FIXED,
  /** Type 3: blocks are allocated as they are written. */
  DYNAMIC,
  /** Type 4: sectors that were never written are the parent's. */
  DIFFERENCING
}
