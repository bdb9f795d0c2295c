// SPDX-License-Identifier: Apache-2.0
package io.github.vdiskfs.format.vmdk;

/**
 * An extent with what the descriptor says of it.
 *
 * @param type empty for the one extent of a file that embeds its descriptor, as QEMU prints it
 * @param name its file as the descriptor names it; empty where it has none of its own
 * @param writable the descriptor says RW
 */
record TypedExtent(String type, String name, boolean writable, DiskExtent extent) {}
