#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A source folder that disappears gives errors, no hang, and a clean unmount.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir -p all/images
random_file disk.raw 1048576
qemu-img convert -f raw -O qcow2 disk.raw all/images/disk.qcow2
mount_folder all/images
exec 5<"$MNT/disk.qcow2.raw"
rm -r all/images
sleep 1.2
timeout 10 ls "$MNT" >/dev/null 2>&1 || [ $? != 124 ] || fail "ls hangs"
expect "opening a disk that is gone" ENOENT "$(timeout 10 bash -c "$(declare -f open_errors)
  open_errors '$MNT/disk.qcow2.raw'")"
timeout 10 head -c 2000000 <&5 >got || fail "what is open does not read any more"
exec 5<&-
same_content got disk.raw
unmount_folder
