#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Under LANG=C, names that are not ASCII are the same bytes.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images
random_file disk.raw 65536
qemu-img convert -f raw -O qcow2 disk.raw "images/größe-中文.qcow2"
LC_ALL=C LANG=C mount_folder images
same_content "$MNT/größe-中文.qcow2.raw" disk.raw
expect "listing" "größe-中文.qcow2.raw" "$(ls "$MNT")"
unmount_folder
# shellcheck disable=SC2016 # the inner shell expands
env -u LC_ALL -u LANG bash -c '"$VDISKFS" mount -o "log=$TMP/log" images mnt' || fail "mount without a locale"
same_content "$MNT/größe-中文.qcow2.raw" disk.raw
expect_match "vdiskfs info" "größe" "$(LC_ALL=C "$VDISKFS" info "images/größe-中文.qcow2")"
