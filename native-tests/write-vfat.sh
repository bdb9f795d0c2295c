#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# mtools make, fill and read a vfat right in the raw file, without a loop device.
. "$(dirname "$0")/functions.sh"
. "$TESTS/writing.sh"

requires fuse qemu mkfs.vfat mcopy

writable_images images 64M
make_tree tree
mount_folder images
for name in "${IMAGES[@]}"; do
  mkfs.vfat -F 32 "$MNT/$name.raw" >/dev/null || fail "$name: mkfs.vfat"
  mcopy -s -i "$MNT/$name.raw" tree ::/tree || fail "$name: mcopy"
done
unmount_folder
for name in "${IMAGES[@]}"; do sound "images/$name"; done
mount_folder images
for name in "${IMAGES[@]}"; do
  fsck.vfat -n "$MNT/$name.raw" >fsck.out || fail "$name: $(tail -n 5 fsck.out)"
  rm -rf back
  mcopy -s -i "$MNT/$name.raw" ::/tree back || fail "$name: mcopy back"
  diff -r tree back || fail "$name: the files differ"
done
