// SPDX-License-Identifier: Apache-2.0
/**
 * Virtual PC and Hyper-V disk images (VHD), which QEMU calls vpc.
 *
 * <pre>
 * fixed                     dynamic and differencing
 *   the disk's bytes          0    copy of the footer, 512 bytes
 *   footer, 512 bytes         512  dynamic disk header, 1024 bytes
 *                                  parent locators (differencing)
 *                                  block allocation table (BAT), 4 bytes per block
 *                                  block: sector bitmap, data
 *                                  ...
 *                                  footer, 512 bytes
 * </pre>
 *
 * Everything is big-endian. BAT entry <em>n</em> is the host sector at which guest block <em>n</em>
 * starts, bitmap first; {@code 0xFFFFFFFF} is a block that was never allocated. Bit <em>s</em> of
 * the bitmap, the most significant bit of a byte first, says whether sector <em>s</em> of the block
 * was written: a clear bit reads as zero in a dynamic image and as the parent's sector in a
 * differencing one. Maps are therefore exact to the sector.
 *
 * <p>Specification: Microsoft, "Virtual Hard Disk Image Format Specification", version 1.0 of
 * 2006-10-11; sections are quoted by their titles. The virtual size follows QEMU's rules, since the
 * specification leaves open which of two fields counts ({@link
 * io.github.vdiskfs.format.vpc.VpcFooter}).
 *
 * <p>Supported: fixed, dynamic and differencing images; the 511-byte footer of old versions; block
 * sizes of a power of two from 4 KiB to 256 MiB. The footer at the end counts; where it is missing
 * or its checksum is wrong, the copy at offset 0 does. A parent is found by the names in the image
 * and recognised by its unique id ({@link io.github.vdiskfs.format.vpc.VpcParent}). Not supported:
 * images that were split over several files (.v01, ...): blocks in the other files are damaged
 * ranges.
 *
 * <p>Writing goes on in this order: a footer behind the room for new blocks, a sync, bitmap and
 * data of a block, a sync, the BAT entry and the bits of sectors that were written for the first
 * time, a sync. The next block goes to a gap between blocks or behind the last one, wherever the
 * footer stands; closing brings the footer back there. In a dynamic image whole blocks are written,
 * since QEMU does not look at the bitmap, and zeroed blocks are given back; in a differencing image
 * only sectors are, and zeroes are stored. Fixed images are written in place. Sizes are fixed, but
 * for that of a disk that was made without one: it has a BAT for the largest disk and grows until
 * it is closed. Read-only are images without a sound footer at the end, with blocks that overlap,
 * with a XenServer batmap, and those of more than 2<sup>22</sup> blocks.
 *
 * <p>Limits: 2040 GiB, as everywhere; parent locators of 8 KiB. A BAT entry whose block does not
 * lie inside the file, or lies on a table, spoils that block alone.
 */
@NullMarked
package io.github.vdiskfs.format.vpc;

import org.jspecify.annotations.NullMarked;
