#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A guest's xfs is mounted read-only through losetup with direct I/O.
. "$(dirname "$0")/functions.sh"

requires root fuse loop qemu mkfs.xfs

mkdir -p images guest plain
truncate -s 320M disk.raw
mkfs.xfs -q disk.raw
loop=$(losetup --find --show disk.raw)
mount "$loop" guest
random_file guest/data.bin 5000000
cp guest/data.bin .
umount guest
losetup -d "$loop"
qemu-img convert -f raw -O qcow2 disk.raw images/disk.qcow2
mount_folder images

loop=$(losetup --find --show --read-only --direct-io=on "$MNT/disk.qcow2.raw")
mount -o ro,norecovery "$loop" guest
same_content guest/data.bin data.bin
cmp "$loop" disk.raw || fail "the loop device differs"
umount guest
losetup -d "$loop"
