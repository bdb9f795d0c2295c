#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A reader keeps reading an image that is removed meanwhile, as with any file.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images
random_file disk.raw 8388608
qemu-img convert -f raw -O qcow2 disk.raw images/disk.qcow2
mount_folder images

exec 5<"$MNT/disk.qcow2.raw"
head -c 1048576 <&5 >got
rm images/disk.qcow2
sleep 2
expect "listing" "" "$(ls "$MNT")"
expect "opening it again" ENOENT "$(open_errors "$MNT/disk.qcow2.raw")"
expect "size by fstat" 8388608 "$(stat -L -c %s /dev/fd/5)"
cat <&5 >>got || fail "reading on"
exec 5<&-
same_content got disk.raw
within 3 test ! -e "$MNT/disk.qcow2.raw" || fail "the removed disk is still there"
