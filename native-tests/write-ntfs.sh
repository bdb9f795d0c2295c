#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# ntfs-3g makes and fills an NTFS right in the raw file, without a loop device.
. "$(dirname "$0")/functions.sh"
. "$TESTS/writing.sh"

requires root fuse qemu mkntfs ntfs-3g

mount_ntfs() {
  ntfs-3g -o "no_detach,$3" "$1" "$2" &
  ntfs=$!
  within 10 mountpoint "$2" || fail "$1: ntfs-3g"
}

# The image is ntfs-3g's until that has ended, which is some time after the unmount.
umount_ntfs() {
  umount "$1" || fail "umount $1"
  within 20 gone $ntfs || fail "ntfs-3g does not end"
}

writable_images images 64M plain.qcow2 plain.vdi plain.vmdk plain.vhd plain.raw
make_tree tree
mkdir guest
mount_folder images
for name in "${IMAGES[@]}"; do
  mkntfs -q -F -Q "$MNT/$name.raw" >/dev/null 2>&1 || fail "$name: mkntfs"
  mount_ntfs "$MNT/$name.raw" guest rw
  cp -r tree guest/a
  cp -r tree guest/b
  rm -r guest/a
  umount_ntfs guest
done
unmount_folder
for name in "${IMAGES[@]}"; do sound "images/$name"; done
mount_folder images
for name in "${IMAGES[@]}"; do
  mount_ntfs "$MNT/$name.raw" guest ro
  diff -r tree guest/b || fail "$name: the files differ"
  umount_ntfs guest
done
