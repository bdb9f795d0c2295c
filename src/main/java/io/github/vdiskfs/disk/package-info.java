// SPDX-License-Identifier: Apache-2.0
/**
 * Bytes of a virtual disk, whatever the format.
 *
 * <p>A {@link io.github.vdiskfs.disk.VirtualDisk} is a chain of images, the top one first. It has
 * the program's only read loop and its only walker: {@code locate} asks the top image where an
 * offset lives and, as long as the answer is "backing", the next one below, in a loop. Reading,
 * {@code SEEK_HOLE} and {@code vdiskfs map} all stand on it, so that they cannot disagree.
 *
 * <p>{@link io.github.vdiskfs.disk.Volume} is what readers and writers see: a disk, or a {@link
 * io.github.vdiskfs.disk.Slice} of one, which has no loops, locks or caches of its own. An internal
 * snapshot is a disk that belongs to the one that it is a snapshot of.
 *
 * <p>{@link io.github.vdiskfs.disk.DiskOpener} turns a path into a disk: it decides what is an
 * image and of which format, opens the chain through the gate, and bounds its depth.
 *
 * <p>{@link io.github.vdiskfs.disk.ClusterCache} holds decoded units of compressed images.
 */
@NullMarked
package io.github.vdiskfs.disk;

import org.jspecify.annotations.NullMarked;
