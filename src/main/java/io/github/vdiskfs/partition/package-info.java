// SPDX-License-Identifier: Apache-2.0
/**
 * What is on a disk: its partition table, and what the first bytes of a partition say that it is.
 *
 * <p>{@link io.github.vdiskfs.partition.TableReader} reads the table of a {@link
 * io.github.vdiskfs.disk.Volume} and gives a {@link io.github.vdiskfs.partition.PartitionTable}. It
 * goes by Linux's rules, also in its numbers, so that {@code p5} here is what {@code losetup -P}
 * calls {@code loop0p5}:
 *
 * <ul>
 *   <li>GPT counts where the first sector has a protective entry; other entries of such a (hybrid)
 *       first sector are ignored. The header behind it is taken if its and its table's checksums
 *       are right, else the one in the last sector. An image does not say how large its sectors
 *       are: 512 bytes are tried first, then 4096.
 *   <li>MBR: 1 to 4 by place; the extended partition is a window of two sectors, as Linux has it,
 *       and the logical ones count from 5. A boot sector of FAT or NTFS ends with the same two
 *       bytes: it is no table where an entry's first byte is neither 0 nor 80h, or where no entry
 *       is in use.
 *   <li>A BSD disklabel in a slice of FreeBSD, NetBSD or OpenBSD: its partitions are numbered after
 *       all others.
 * </ul>
 *
 * <p>A table is a guest's word. Whatever it says, reading it takes at most 4 MiB and some hundred
 * reads; what does not fit the disk, overlaps its neighbours or leads in circles is left out, and
 * {@code problems} says so. The others keep their numbers. A table also knows which bytes of the
 * disk it was read from, so that a writer of the disk can tell when it is out of date.
 *
 * <p>{@link io.github.vdiskfs.partition.ContentProbe} names file systems and the like by their
 * signatures, with label and UUID, for people to read: nothing is decided by it. {@link
 * io.github.vdiskfs.partition.DiskContents} is table and contents of a whole disk. The signatures
 * are a table of our own, though libblkid knows more of them: libblkid wants a file or a device of
 * the host, and a disk here is neither before it is mounted; it would parse a stranger's bytes in
 * native code, in a process that is often root's; and the answer would depend on the machine. What
 * it says is the measure, though: the native test {@code inside-filesystems} compares with {@code
 * blkid} for everything that a tool can make. To add a file system whose signature, label and UUID
 * stand at fixed places, add a line to {@code Magic}; one that must be looked for elsewhere is a
 * class with a {@code probe} and a line in {@code ContentProbe}.
 *
 * <p>Superblocks are a guest's word as well. A look takes at most 100 reads of at most 68 KiB; an
 * offset outside of the volume reads as nothing, a loop has a limit, a size is cut off. No checksum
 * is verified and nothing is repaired. Labels may contain any character: whoever prints them has to
 * see to it.
 */
@NullMarked
package io.github.vdiskfs.partition;

import org.jspecify.annotations.NullMarked;
