#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What a guest's file system trims is given back: the image becomes smaller on the host.
. "$(dirname "$0")/functions.sh"
. "$TESTS/writing.sh"

requires root fuse loop qemu mkfs.ext4 fstrim

writable_images images 96M plain.qcow2 small.qcow2 extended.qcow2 plain.raw
mkdir guest
random_file data.bin 40000000
mount_folder images
trim() {
  mkfs.ext4 -q "$2"
  mount "$2" guest
  cp data.bin guest/keep.bin
  cp data.bin guest/drop.bin
  sync -f guest
  rm guest/drop.bin
  sync -f guest
  before=$(du -k "images/$1" | cut -f 1)
  fstrim guest
  sync -f guest
  within 5 smaller "images/$1" "$before" || fail "$1: $before KiB before, $(du -k "images/$1") after"
  umount guest
}
smaller() { [ "$(du -k "$1" | cut -f 1)" -lt $(($2 - 30000)) ]; }

for name in "${IMAGES[@]}"; do on_loop "$MNT/$name.raw" trim "$name"; done
unmount_folder
for name in "${IMAGES[@]}"; do sound "images/$name"; done
mount_folder images
for name in "${IMAGES[@]}"; do
  keep() { mount -o ro "$1" guest && cmp data.bin guest/keep.bin && umount guest; }
  on_loop "$MNT/$name.raw" keep || fail "$name: the file that stayed differs"
done
