#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes, punches and zero ranges at odd places, cached, direct and mapped, against a plain file.
. "$(dirname "$0")/functions.sh"
. "$TESTS/writing.sh"

requires fuse qemu

writable_images images 24M
sparse_disk base.raw
truncate -s 24M base.raw
qemu-img convert -f raw -O raw base.raw images/base.img
for name in overlay.qcow2 packed.qcow2; do IMAGES+=("$name"); done
qemu-img create -q -f qcow2 -b base.img -F raw images/overlay.qcow2
qemu-img convert -c -f raw -O qcow2 base.raw images/packed.qcow2
for option in cache=page cache=none; do
  mount_folder images $option
  for name in "${IMAGES[@]}"; do
    cp --sparse=always "$MNT/$name.raw" model.raw
    python3 "$TESTS/guest.py" "$MNT/$name.raw" model.raw "$(long_or 1)" || fail "$name, $option"
    same_content model.raw "$MNT/$name.raw"
    mv model.raw "model.$name.raw"
  done
  unmount_folder
  for name in "${IMAGES[@]}"; do holds "images/$name" "model.$name.raw"; done
done
for name in "${IMAGES[@]}"; do sound "images/$name"; done
