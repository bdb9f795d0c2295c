#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# tar -S keeps content and holes, also of a disk with data in its backing file alone.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images
sparse_disk disk.raw
qemu-img convert -f raw -O qcow2 disk.raw images/base.qcow2
qemu-img create -q -f qcow2 -b base.qcow2 -F qcow2 images/top.qcow2
mount_folder images

tar -C "$MNT" -S -cf disks.tar base.qcow2.raw top.qcow2.raw
[ "$(stat -c %s disks.tar)" -lt 1000000 ] || fail "the archive is not sparse"
mkdir out
tar -C out -xf disks.tar
for name in base top; do
  same_content "out/$name.qcow2.raw" disk.raw
  expect "host space of $name" "$(stat -c %b disk.raw)" "$(stat -c %b "out/$name.qcow2.raw")"
done
