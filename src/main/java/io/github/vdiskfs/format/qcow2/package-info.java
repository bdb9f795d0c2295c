// SPDX-License-Identifier: Apache-2.0
/**
 * qcow2, versions 2 and 3 (QEMU's docs/interop/qcow2.txt; section names are quoted from there).
 *
 * <pre>
 *   cluster 0:  header | extensions | backing file name          Qcow2Header, HeaderExtensions
 *
 *   L1 table    --&gt; L2 tables      --&gt; clusters of the disk      Qcow2Tables, L2Entry
 *   (contiguous)    (a cluster each)   plain: in the image or in the external data file
 *                                      compressed: anywhere, byte-granular
 *
 *   snapshot table --&gt; further L1 tables, sharing the rest       SnapshotTable
 *   refcount table --&gt; refcount blocks                           Refcounts, RefcountWidth
 *   bitmap directory                                             BitmapDirectory
 * </pre>
 *
 * <p>{@code Qcow2Layout} has every shift and mask. {@code ClusterMap} answers {@code map}: one look
 * into the L1 table, one into an L2 table, and as many following clusters as are alike. {@code
 * Qcow2Format} opens; {@code Qcow2Image} and {@code Qcow2Snapshot} are what it opens.
 *
 * <p><b>Supported for reading:</b> all cluster sizes and refcount widths; backing files; zero
 * clusters; compressed clusters, deflate and zstd; extended L2 entries; external data files, raw or
 * not; internal snapshots; images with the dirty or the corrupt bit. Persistent bitmaps are listed.
 *
 * <p><b>Writing.</b> {@code Qcow2Writer} is the write side, made when it is asked for. {@code
 * Placements} says what may be overwritten, {@code Reserver} finds host space for the rest through
 * the {@code Allocator}, {@code Qcow2Reservation} links it; {@code Zeroer} and {@code Resizer} give
 * space up. {@code WritableTables} makes and copies L2 tables. Free space is what the refcounts
 * say; they are looked through bit by bit. In this order changes become durable:
 *
 * <pre>
 *   data, refcounts    -&gt; refcount table -&gt; header: its place
 *   L2 entries         -&gt; L1 entries     -&gt; header: size            (then: refcounts of what was
 *                                                                     unlinked, and its space)
 * </pre>
 *
 * <p>A larger L1 table is made while nobody uses the disk. Snapshots never change: what they share
 * has no "copied" flag and is copied first. Nothing is ever packed. Bitmaps are not kept up to date
 * and lose their autoclear bit with the first change, which leaks their space until it is mended.
 * {@code Guard} keeps guest data away from metadata: where tables overlap from the start the image
 * is read-only; where a cluster is about to land on one, writing stops and the corrupt bit is set.
 * Refused: images with the dirty or the corrupt bit.
 *
 * <p><b>Checking.</b> {@code Qcow2Checker} counts the references that {@code ReferenceWalk} finds,
 * with {@code EntryCheck} for L2 entries, and compares; {@code CopiedCheck} looks at the flags;
 * {@code RefcountRebuild} mends what cannot be corrected in place.
 *
 * <p><b>Making.</b> {@code Qcow2Creator} writes a {@code NewImage} as {@code CreateOptions} want
 * it, and lets the writer give it its size.
 *
 * <p><b>Refused by name:</b> encryption (AES, LUKS) and unknown incompatible features.
 *
 * <p><b>Damage.</b> What contradicts the specification in the header, its extensions, the snapshot
 * table or the bitmap directory makes the image unreadable, as with QEMU. A bad L1 or L2 entry
 * spoils its own range. Reserved bits of entries are ignored. A table that ends past the end of the
 * file is damage; a data cluster there reads as zeroes, since writers may leave the file's end to
 * the host; so do the missing bytes of a compressed cluster.
 *
 * <p><b>Limits</b> are QEMU's and stand with their reasons in {@code Qcow2Header}, {@code
 * HeaderExtensions}, {@code SnapshotTable} and {@code BitmapDirectory}. An image has no more memory
 * than its snapshot and bitmap lists (8 MiB each at most) beside the shared table cache.
 *
 * <p><b>Preallocation.</b> Where an image's clusters were allocated ahead of its data, the holes of
 * the host file are the disk's holes: {@code HostData}.
 */
@NullMarked
package io.github.vdiskfs.format.qcow2;

import org.jspecify.annotations.NullMarked;
