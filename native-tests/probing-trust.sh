#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Images recognised by content alone may not name other files, unless probe=trust.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images
random_file disk.raw 1048576
cp disk.raw images/base.raw
qemu-img create -q -f qcow2 -b base.raw -F raw images/proper.qcow2
cp images/proper.qcow2 images/disguised.img
cp images/proper.qcow2 images/noextension
mount_folder images
same_content "$MNT/proper.qcow2.raw" disk.raw
for name in disguised.img noextension; do
  expect "$name" EACCES "$(open_errors "$MNT/$name.raw")"
  expect "size and mode of $name" "0 0" "$(stat -c '%s %a' "$MNT/$name.raw")"
done
unmount_folder
mount_folder images probe=trust
for name in disguised.img noextension; do
  same_content "$MNT/$name.raw" disk.raw
done
