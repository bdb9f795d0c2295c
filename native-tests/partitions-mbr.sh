#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Primary, extended and logical partitions are files, numbered and placed as sfdisk says.
. "$(dirname "$0")/functions.sh"
. "$TESTS/partitions.sh"

requires fuse qemu sfdisk parted

marked_disk disk.raw 24
cp disk.raw plain.raw
sfdisk -q --wipe never disk.raw <<END
label: dos
x1 : start=2048, size=4096, type=83
x2 : start=8192, size=2048, type=82
x3 : start=12288, size=24576, type=5
x5 : start=14336, size=3000, type=83
x6 : start=20480, size=2048, type=8e
END
as_images disk.raw sfdisk
cp plain.raw disk.raw
parted -s disk.raw mklabel msdos mkpart primary ext2 1MiB 3MiB mkpart extended 4MiB 20MiB \
  mkpart logical 5MiB 9MiB mkpart primary ntfs 21MiB 100% mkpart logical 10MiB 12MiB
as_images disk.raw parted
cp plain.raw disk.raw
printf 'x1 : start=2048, size=2048\nx3 : start=6144, size=2048\n' | sfdisk -q --wipe never disk.raw
as_images disk.raw gap
mount_folder images
for table in sfdisk parted gap; do
  for format in qcow2 vdi vmdk vhd raw; do
    same_partitions $table.$format
  done
done
expect "partitions by sfdisk" "p1.raw p2.raw p3.raw p5.raw p6.raw" \
  "$(cd "$MNT/sfdisk.vdi.parts" && echo *)"
expect "size of the extended one" 1024 "$(stat -c %s "$MNT/sfdisk.vdi.parts/p3.raw")"
expect "numbers with a gap" "p1.raw p3.raw" "$(cd "$MNT/gap.vhd.parts" && echo *)"
