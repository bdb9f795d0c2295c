// SPDX-License-Identifier: Apache-2.0
/**
 * The kernel's side: the only place that knows FUSE.
 *
 * <p>jnr-fuse binds libfuse 2.9, whose high-level interface has no {@code lseek}, caps a request at
 * 128 KiB and calls back from native threads. So there are two planes:
 *
 * <ul>
 *   <li><b>Names</b> ({@link io.github.vdiskfs.fuse.ImageFuse}): mounting, look-up, attributes,
 *       folders, open, release, statfs, extended attributes: jnr-fuse as it is.
 *   <li><b>Data</b> ({@link io.github.vdiskfs.fuse.FuseSession} and its {@code RequestThreads}):
 *       Java threads read requests from the channel's descriptor themselves, answer READ, LSEEK and
 *       FSYNC from the disk behind the file handle, and hand every other request to libfuse, whose
 *       upcalls then run on a thread that the JVM knows.
 * </ul>
 *
 * <p>A host that does not answer keeps the thread that asked. {@code RequestThreads} sees to it
 * that this is in nobody's way: there are other threads then, further requests for the same file
 * wait in a line, and who looks at names gets an error. Pages that such a request keeps in use are
 * dropped by few threads ({@code NodeDrops}).
 *
 * <p>Traps that shaped this code:
 *
 * <ul>
 *   <li>{@code dlsym("fuse_new")} finds an ancient version of that symbol; {@code fuse_setup} does
 *       not have the problem, and mounts as well.
 *   <li>libfuse's answer to INIT limits requests to 32 pages. So its answer is dropped, and {@code
 *       InitReply} answers the kernel.
 *   <li>ENOSYS switches a call off for the whole mount, for ever; it is given on purpose only.
 *   <li>The page cache belongs to the inode, not to the handle: see {@code CachedPages.Caching}.
 *   <li>A disk and its partitions are files that the kernel caches each by itself. The answer to a
 *       change waits until the pages of the others are dropped, but no request thread does: these
 *       pages may be locked until another request is answered ({@code Invalidation}).
 *   <li>A Throwable that leaves an upcall would come out of {@code fuse_session_process}: every
 *       upcall catches everything and turns it into an errno ({@link
 *       io.github.vdiskfs.fuse.Errno}).
 *   <li>The kernel copies page by page, so the payload of a reply starts on a page boundary.
 *   <li>A reply of 1 MiB goes through memory twice more than one that fits the processor's cache,
 *       and one thread answers it while the others have nothing to do: {@code Wire.MAX_READ}.
 * </ul>
 */
@NullMarked
package io.github.vdiskfs.fuse;

import org.jspecify.annotations.NullMarked;
