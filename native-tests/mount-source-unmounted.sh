#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A source on a disk of its own can be unmounted once the images are closed.
. "$(dirname "$0")/functions.sh"

requires root fuse qemu

mkdir source
mount -t tmpfs -o size=64M tmpfs source
qemu-img create -q -f qcow2 source/disk.qcow2 1M
mount_folder source
cmp -n 1048576 "$MNT/disk.qcow2.raw" /dev/zero
ls -l "$MNT" >/dev/null
"$VDISKFS" umount "$MNT"
umount source || fail "something still holds the source folder"
