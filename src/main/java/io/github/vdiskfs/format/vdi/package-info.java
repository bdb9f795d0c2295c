// SPDX-License-Identifier: Apache-2.0
/**
 * VirtualBox disk images (VDI), version 1.1.
 *
 * <pre>
 * offset   0  text, 64 bytes: who made it
 *         64  signature, version                          pre-header, 72 bytes
 *         72  header: type, sizes, offsets, UUIDs         384 or 400 bytes
 * offBlocks   block map: cBlocks entries of 4 bytes       one entry per block of the disk
 * offData     block 0, block 1, ...                       cbBlock bytes each, in any order
 * </pre>
 *
 * Everything is little-endian. Map entry <em>n</em> says where guest block <em>n</em> lives: at
 * {@code offData + entry * cbBlock}; {@code 0xFFFFFFFF} is a block that was never allocated and
 * {@code 0xFFFFFFFE} one that is known to be zero.
 *
 * <p>There is no official specification. The fields are known from VirtualBox's public header
 * {@code VDICore.h}, whose names are used here, and from the Kaitai description of the format
 * (formats.kaitai.io/vdi); sizes and maps are those that {@code qemu-img} shows.
 *
 * <p>Supported: dynamic (type 1), static (type 2) and differencing images (type 4), block sizes of
 * a power of two from 4 KiB to 256 MiB, disks of any size including none. A differencing image
 * names its parent by UUID only; {@link io.github.vdiskfs.format.vdi.VdiParent} looks for it among
 * the {@code .vdi} files beside the image and one folder up, and an image whose parent is not found
 * is refused. Not supported, and refused by name: undo images (type 3), other versions, extra data
 * in front of each block.
 *
 * <p>Writing goes on in this order: the block's data and {@code cBlocksAllocated}, a sync, the map
 * entry, a sync. The next block is the lowest that no entry leads to; the counter, by which other
 * programs allocate, is never below what is in use, and is corrected before the first change. A
 * zeroed block becomes {@code 0xFFFFFFFE}, in a static image it stays and loses its content; freed
 * blocks are used again when that is durable, and closing moves the last blocks into the gaps that
 * remain. Disks grow and shrink; where the block map has no room, blocks make way for it. Images
 * whose map leads out of the file, or twice to one block, are read-only, as are those of more than
 * 2<sup>26</sup> blocks. New images are laid out as {@code qemu-img create} does.
 *
 * <p>Checking calls a counter that is higher than it should be, and blocks that nothing leads to,
 * leaks: a crash may leave them, and behind a shrink also entries that lead to blocks beyond the
 * new number of them, until closing has moved these. {@code qemu-img check} calls all that
 * corruptions; no data is lost, and repairing leaks or the next writer's end puts it right.
 *
 * <p>Limits come from the field widths (2<sup>32</sup> blocks); the block map is read page by page
 * however long it is. A map entry whose block does not lie inside the file spoils that block alone.
 * Two entries for the same host block are harmless to a reader.
 */
@NullMarked
package io.github.vdiskfs.format.vdi;

import org.jspecify.annotations.NullMarked;
