// SPDX-License-Identifier: Apache-2.0
/**
 * VMware's virtual disks, reading.
 *
 * <pre>
 *  descriptor file, text            extents, each a file (or none)
 *  version=1                        +-- FLAT, VMFS: guest bytes from a sector on
 *  CID, parentCID, createType  ---> +-- SPARSE, VMFSSPARSE: grains (below)
 *  RW 4192256 SPARSE "x-s001.vmdk"  +-- ZERO: no file
 *  RW 2101248 FLAT "x-f2.vmdk" 0
 *
 *  sparse extent                       grain directory     grain table         grain
 *  | header | descriptor | tables |    [ sector of GT ] -> [ sector of G ] --> 64 KiB
 *    gdOffset, rgdOffset               one entry for       512 entries, or     (ESX: 512 bytes)
 *                                      each grain table    4096 (ESX)
 * </pre>
 *
 * A grain table entry of 0 leaves the grain to the parent; 1 is a grain of zeroes where the
 * header's flag says so. A monolithic sparse file embeds the descriptor. In a stream-optimized one
 * grains are deflate streams behind a marker, and the directory may come last: the header then
 * refers to a copy of itself, the footer, before the end of the file.
 *
 * <p>Specified by VMware's technical note "Virtual Disk Format 5.0": "The Descriptor File", "Simple
 * Extents", "Hosted Sparse Extents", "ESX Server Sparse Extents", "Stream-Optimized Compressed
 * Sparse Extents". Where the note is silent, QEMU 7.2 is followed.
 *
 * <p>Served: all sub-formats above in any mixture (createType monolithicSparse, streamOptimized,
 * monolithicFlat, twoGbMaxExtentSparse and -Flat, vmfs, vmfsSparse, custom), versions 1 to 3, delta
 * disks. Where the grain directory, or a grain table of it, is out of the file, the redundant one
 * is used. Refused by name: seSparse, devices and raw device maps, encryption.
 *
 * <p>Stricter than QEMU, which then shows wrong bytes or opens what it should not:
 *
 * <ul>
 *   <li>every line of the extent section counts, also ZERO, RDONLY and NOACCESS ones;
 *   <li>sizes in the descriptor and in the extents must agree, a flat file must be long enough;
 *   <li>an embedded descriptor names no other file; a sparse extent never leads to further ones;
 *   <li>a delta disk names its parent, and only a delta disk does;
 *   <li>a grain past the end of the file is an error, there only.
 * </ul>
 *
 * <p>Limits stand beside their reasons in {@link io.github.vdiskfs.format.vmdk.HostedHeader},
 * {@link io.github.vdiskfs.format.vmdk.SparseGeometry} and {@link
 * io.github.vdiskfs.format.vmdk.Descriptor}. Opening reads headers and descriptors only.
 */
@NullMarked
package io.github.vdiskfs.format.vmdk;

import org.jspecify.annotations.NullMarked;
