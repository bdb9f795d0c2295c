#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A second mount on the same point is refused; the first goes on.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images
qemu-img create -q -f qcow2 images/disk.qcow2 1M
mount_folder images
fails_with 1 . "$VDISKFS" mount images "$MNT"
expect "lines of the message" 1 "$(wc -l <stderr)"
expect "mounts" 1 "$(grep -c " $MNT " /proc/self/mountinfo)"
cmp -n 1048576 "$MNT/disk.qcow2.raw" /dev/zero || fail "the first mount does not serve any more"
