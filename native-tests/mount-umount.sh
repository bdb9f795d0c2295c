#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# vdiskfs umount takes the mount away and waits for the server's end.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images
qemu-img create -q -f qcow2 images/disk.qcow2 1M
mount_folder images
pid=$(server_pid)
"$VDISKFS" umount "$MNT" || fail "umount"
if grep -q " $MNT " /proc/self/mountinfo; then fail "still mounted"; fi
within 1 gone "$pid" || fail "the server still runs"
mount_folder images
[ -r "$MNT/disk.qcow2.raw" ] || fail "cannot mount again"
