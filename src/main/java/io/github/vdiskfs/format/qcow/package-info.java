// SPDX-License-Identifier: Apache-2.0
/**
 * qcow, the version 1 of QEMU's copy-on-write format; there is no specification but QEMU's reading.
 *
 * <pre>
 *   header | backing file name
 *   L1 table --&gt; L2 tables --&gt; clusters: plain, or compressed (bit 63) with their exact length
 * </pre>
 *
 * <p>Tables and compressed clusters may lie anywhere, plain clusters at multiples of 512 bytes. An
 * L1 or L2 entry of 0 leaves its range to the backing file. Compressed clusters are deflate streams
 * without a wrapper. There are no snapshots, zero clusters or refcounts, and the format of the
 * backing file is not recorded.
 *
 * <p>Supported for reading: everything but encryption (AES), which is refused. Damage and limits
 * are treated as in qcow2: a bad entry spoils its own range, a table past the end of the file is
 * damage, data there reads as zeroes. Limits stand in {@code QcowHeader}.
 */
@NullMarked
package io.github.vdiskfs.format.qcow;

import org.jspecify.annotations.NullMarked;
