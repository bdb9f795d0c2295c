#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Wrong use ends with 2, a failed mount with 1, each with one line that says why.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images mnt
qemu-img create -q -f qcow2 images/disk.qcow2 1M
fails_with 2 "frobnicate" "$VDISKFS" mount -o frobnicate images mnt
fails_with 2 "cache" "$VDISKFS" mount -o cache=magic images mnt
fails_with 2 . "$VDISKFS" mount images
fails_with 2 . "$VDISKFS" mount --no-such-option images mnt
fails_with 2 . "$VDISKFS" no-such-command
fails_with 1 "nowhere" "$VDISKFS" mount nowhere mnt
expect "lines of the message" 1 "$(wc -l <stderr)"
fails_with 1 "nowhere" "$VDISKFS" mount images nowhere
expect "lines of the message" 1 "$(wc -l <stderr)"
fails_with 1 . "$VDISKFS" mount images images/disk.qcow2
fails_with 1 "mnt" "$VDISKFS" umount mnt
fails_with 1 "nowhere" "$VDISKFS" info nowhere.qcow2
expect_match "version" "[0-9]+\.[0-9]+" "$("$VDISKFS" --version)"
expect_match "help" "umount" "$("$VDISKFS" --help)"
expect_match "help of a command" "MOUNTPOINT" "$("$VDISKFS" mount --help)"
