// SPDX-License-Identifier: Apache-2.0
/**
 * The name space of a mount: which names there are, what they look like, what stands behind them.
 * No native types; everything here can be tested without a kernel.
 *
 * <p>{@link io.github.vdiskfs.mount.ImageDirectory} turns the folder of images into names and keeps
 * them current. Its listings are made anew when the host folder changed or the listing is a second
 * old; what a file is (one look at its header) is remembered for as long as the file stays the
 * same.
 *
 * <p>{@link io.github.vdiskfs.mount.DiskStates} knows of each image whether it can be served, its
 * size and its unit. To find out, it opens the chain once, closes it again, and remembers the
 * answer with the status of every file in the chain.
 *
 * <p>{@link io.github.vdiskfs.mount.OpenDisks} maps file handles to disks. A disk that several
 * handles use is opened once; it is closed with its last handle.
 *
 * <p>{@link io.github.vdiskfs.mount.DiskFileSystem} answers in plain Java what a file system is
 * asked, and throws what goes wrong. One failing image never stops the others: no lock is held
 * while an image is opened.
 */
@NullMarked
package io.github.vdiskfs.mount;

import org.jspecify.annotations.NullMarked;
