#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What is written through a partition shows in the whole disk, and the other way round, also where
# both are open and the kernel has cached them.
. "$(dirname "$0")/functions.sh"

requires fuse qemu sfdisk

mkdir images
truncate -s 8M disk.raw
printf '2048,4096\n6144,4096\n' | sfdisk -q disk.raw
qemu-img convert -f raw -O qcow2 disk.raw images/disk.qcow2
for threads in 1 4; do
  mount_folder images threads=$threads
  timeout 100 python3 "$TESTS/coherent.py" "$MNT/disk.qcow2.raw" "$MNT/disk.qcow2.parts/p1.raw" \
    "$MNT/disk.qcow2.parts/p2.raw" || fail "with $threads threads"
  unmount_folder
done
qemu-img check -q images/disk.qcow2 || fail "qemu-img check"

# A table that is written through the disk is there at once; an open partition stays where it was.
mount_folder images
exec 5<"$MNT/disk.qcow2.parts/p2.raw"
head -c 4096 <&5 >before
printf '2048,2048\n' | sfdisk -q "$MNT/disk.qcow2.raw"
expect "partitions now" p1.raw "$(cd "$MNT/disk.qcow2.parts" && echo *)"
expect "size now" 1048576 "$(stat -c %s "$MNT/disk.qcow2.parts/p1.raw")"
cat <&5 >after
cat before after | cmp -n 2097152 -i 0:3145728 - "$MNT/disk.qcow2.raw" || fail "an open partition moved"
exec 5<&-
sfdisk -q --delete "$MNT/disk.qcow2.raw"
[ ! -e "$MNT/disk.qcow2.parts" ] || fail "a folder without partitions"
