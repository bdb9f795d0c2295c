#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Partitions of a GPT are files, also by its backup alone, beside other entries, and with large sectors.
. "$(dirname "$0")/functions.sh"
. "$TESTS/partitions.sh"

requires fuse qemu sfdisk parted sgdisk loop root

marked_disk plain.raw 24
cp plain.raw disk.raw
sgdisk -Z -n 1:2048:+2M -n 3:8192:+1M -t 3:8e00 -c 3:"lvm ü" -n 128:20480:+3M disk.raw >/dev/null 2>&1
as_images disk.raw sgdisk
# Only the header in the last sector is left.
dd if=/dev/zero of=disk.raw bs=512 seek=1 count=1 conv=notrunc status=none
as_images disk.raw backup
cp plain.raw disk.raw
parted -s disk.raw mklabel gpt mkpart first 1MiB 5MiB mkpart second 6MiB 100%
as_images disk.raw parted
sgdisk -h 1:2 disk.raw >/dev/null
as_images disk.raw hybrid
mount_folder images
for table in sgdisk backup parted hybrid; do
  for format in qcow2 vdi vmdk vhd raw; do
    same_partitions $table.$format
  done
done
expect "numbers" "p1.raw p128.raw p3.raw" "$(cd "$MNT/backup.qcow2.parts" && echo *)"
unmount_folder

cp plain.raw large.raw
loop=$(losetup --find --show --sector-size 4096 large.raw)
sgdisk -Z -n 1:256:+2M -n 2:1024:+4M "$loop" >/dev/null 2>&1
losetup -d "$loop"
within 10 bash -c '! losetup -j large.raw | grep .' || fail "the loop device stays"
qemu-img convert -f raw -O qcow2 large.raw images/large.qcow2
mount_folder images
expect "partitions in 4 KiB sectors" "p1.raw p2.raw" "$(cd "$MNT/large.qcow2.parts" && echo *)"
cmp -n 2097152 -i 1048576:0 large.raw "$MNT/large.qcow2.parts/p1.raw" || fail "p1 of large sectors"
cmp -n 4194304 -i 4194304:0 large.raw "$MNT/large.qcow2.parts/p2.raw" || fail "p2 of large sectors"
