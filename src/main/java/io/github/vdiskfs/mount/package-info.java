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
 * handles use is opened once ({@link io.github.vdiskfs.mount.SharedDisks}); it is closed with its
 * last handle. A partition is a window on that one disk and a snapshot is a part of it, so that
 * they have its locks, and their handles are openings of it.
 *
 * <p><b>Folders beside a disk.</b> An image has a folder {@code NAME.parts} where its disk has a
 * partition table with something in it, and {@code NAME.snapshots} where it has internal snapshots;
 * a real folder of that name comes first. Whether there is something costs an opening of the image
 * and two or three reads. So it is found out when somebody asks for the folder by its name, and for
 * a listing as far as a fraction of a second reaches; the rest of a large folder is looked into in
 * the background, and a later listing shows it ({@link io.github.vdiskfs.mount.FolderLook}). What
 * was found is remembered for as long as the files of the chain stay the same ({@link
 * io.github.vdiskfs.mount.KnownContents}); of a disk that is being written here, for as long as
 * nothing is written to where the table was read ({@link io.github.vdiskfs.mount.LiveContents}). An
 * image that cannot be served has no such folders. A partition that is open stays where it was,
 * whatever becomes of the table.
 *
 * <p><b>The kernel's page cache.</b> The disk, its partitions and snapshots are different files to
 * the kernel, which caches each by itself. {@link io.github.vdiskfs.mount.CachedPages} decides what
 * it may keep when a file is opened. A change through one file is told to those who have others
 * open that show the same bytes ({@link io.github.vdiskfs.mount.StalePages}) before it is answered;
 * what is cached of files that nobody has open is dropped when they are opened next. Shared
 * mappings that are written are not coherent with other files: the kernel writes whole pages back
 * later, as it does with a block device and its partitions.
 *
 * <p>{@link io.github.vdiskfs.mount.DiskFileSystem} answers in plain Java what a file system is
 * asked, and throws what goes wrong. One failing image never stops the others: no lock is held
 * while an image is opened.
 *
 * <p><b>A host that does not answer</b> about one file keeps the thread that asked, for as long as
 * it likes. So no lock that others need is held while the host is asked, and whoever goes along
 * many images (a listing, a look for changes) leaves out those that take too long ({@link
 * io.github.vdiskfs.mount.PatientLook}).
 */
@NullMarked
package io.github.vdiskfs.mount;

import org.jspecify.annotations.NullMarked;
