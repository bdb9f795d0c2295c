// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

/**
 * An extent with the type that the descriptor file gives it.
 *
 * @param type empty for the one extent of a file that embeds its descriptor, as QEMU prints it
 */
record TypedExtent(String type, DiskExtent extent) {}
