#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ntfs-3g makes and fills an NTFS right in the raw file, without a loop device.
. "$(dirname "$0")/functions.sh"
. "$TESTS/writing.sh"

requires root fuse qemu mkntfs ntfs-3g

writable_images images 64M plain.qcow2 plain.vdi plain.vmdk plain.vhd plain.raw
make_tree tree
mkdir guest
mount_folder images
for name in "${IMAGES[@]}"; do
  mkntfs -q -F -Q "$MNT/$name.raw" >/dev/null 2>&1 || fail "$name: mkntfs"
  ntfs-3g "$MNT/$name.raw" guest || fail "$name: ntfs-3g"
  cp -r tree guest/a
  cp -r tree guest/b
  rm -r guest/a
  umount guest
done
within 10 unmount_folder
for name in "${IMAGES[@]}"; do sound "images/$name"; done
mount_folder images
for name in "${IMAGES[@]}"; do
  ntfs-3g -o ro "$MNT/$name.raw" guest || fail "$name: ntfs-3g"
  diff -r tree guest/b || fail "$name: the files differ"
  umount guest
done
