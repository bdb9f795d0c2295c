// SPDX-License-Identifier: Apache-2.0
/**
 * The few system calls that Java lacks, bound by jnr-ffi.
 *
 * <p>{@link io.github.vdiskfs.posix.Posix} is the whole binding: static methods that take and
 * return plain Java values and turn {@code errno} into {@link
 * io.github.vdiskfs.posix.ErrnoException}. Nothing here knows what an image is.
 *
 * <p>Why not {@code FileChannel}: a thread that is interrupted inside it closes the channel for
 * everybody, and a disk that loses its file because a thread was woken is a disk that fails. The
 * same descriptor also carries QEMU's locks and has been checked by the gate before it is read, so
 * that no path is resolved twice.
 *
 * <p>All structures used here ({@code statx}, {@code open_how}, {@code iovec}) have one layout on
 * every 64-bit Linux.
 */
@NullMarked
package io.github.vdiskfs.posix;

import org.jspecify.annotations.NullMarked;
