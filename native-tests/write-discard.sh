#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What is discarded reads as zero in every format, for QEMU as well, and no backing data comes back.
. "$(dirname "$0")/functions.sh"
. "$TESTS/writing.sh"

requires fuse qemu

random_file full.raw 8388608
writable_images images 8M
for kind in qcow2 vmdk; do
  qemu-img convert -f raw -O $kind full.raw images/base.$kind
  (cd images && qemu-img create -q -f $kind -b base.$kind -F $kind child.$kind)
  IMAGES+=("child.$kind")
done
# Odd ends, whole units, the end of the disk.
ranges=("1000 3000" "1048576 2097152" "4000000 1500001" "8388000 608" "65536 65536")
cp full.raw expected.raw
for range in "${ranges[@]}"; do
  read -r offset length <<<"$range"
  dd if=/dev/zero of=expected.raw bs=1M iflag=count_bytes oflag=seek_bytes seek="$offset" \
    count="$length" conv=notrunc status=none
done
mount_folder images
for name in "${IMAGES[@]}"; do
  disk=$MNT/$name.raw
  case $name in child.*) ;; *) dd if=full.raw of="$disk" bs=1M conv=notrunc status=none ;; esac
  mode=--punch-hole
  for range in "${ranges[@]}"; do
    read -r offset length <<<"$range"
    fallocate $mode --offset "$offset" --length "$length" "$disk" || fail "$name: fallocate $mode"
    if [ $mode = --punch-hole ]; then mode=--zero-range; else mode=--punch-hole; fi
  done
  same_content expected.raw "$disk"
done
unmount_folder
for name in "${IMAGES[@]}"; do
  sound "images/$name"
  holds "images/$name" expected.raw
done
