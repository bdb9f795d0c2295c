#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# With ro the kernel itself refuses every change with EROFS.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images
qemu-img create -q -f qcow2 images/disk.qcow2 1M
before=$(sha256sum images/disk.qcow2)
mount_folder images ro
disk=$MNT/disk.qcow2.raw
fails_with 1 "Read-only file system" dd if=/dev/zero of="$disk" bs=512 count=1 conv=notrunc status=none
fails_with 1 "Read-only file system" truncate -s 2M "$disk"
fails_with 1 "Read-only file system" touch "$MNT/new.qcow2.raw"
fails_with 1 "Read-only file system" rm -f "$disk"
fails_with 1 "Read-only file system" mv "$disk" "$MNT/other"
fails_with 1 "Read-only file system" mkdir "$MNT/folder"
fails_with 1 "Read-only file system" chmod 600 "$disk"
expect "image" "$before" "$(sha256sum images/disk.qcow2)"
