// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vdi;

/** What kind of VDI it is: the field {@code u32Type}, as far as it is supported. */
enum VdiType {
  /** Type 1: blocks are allocated as they are written. */
  DYNAMIC,
  /** Type 2: every block was allocated when the image was made. */
  STATIC,
  /** Type 4: unallocated blocks are the parent's. */
  DIFFERENCING
}
