#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Internal snapshots keep their content whatever is written, discarded or resized afterwards.
. "$(dirname "$0")/functions.sh"
. "$TESTS/writing.sh"

requires fuse qemu

sparse_disk first.raw 1
sparse_disk second.raw 2
mkdir images
options=("compat=0.10" "compat=1.1" "cluster_size=4k,refcount_bits=4" "extended_l2=on")
for i in "${!options[@]}"; do
  image=images/disk$i.qcow2
  qemu-img convert -f raw -O qcow2 -o "${options[i]}" first.raw "$image"
  qemu-img snapshot -c one "$image"
  qemu-io -f qcow2 -c "write -P 7 2M 1M" -c "discard 0 64k" "$image" >/dev/null
  qemu-img convert -f qcow2 -O raw "$image" "before$i.raw"
  qemu-img snapshot -c two "$image"
done
mount_folder images
for i in "${!options[@]}"; do
  disk=$MNT/disk$i.qcow2.raw
  dd if=second.raw of="$disk" bs=64k conv=notrunc status=none || fail "write to disk$i"
  fallocate --punch-hole --offset 1000000 --length 2000000 "$disk" || fail "punch of disk$i"
  cp "$disk" "content$i.raw"
done
unmount_folder
for i in "${!options[@]}"; do
  image=images/disk$i.qcow2
  sound "$image"
  holds "$image" "content$i.raw"
  for snapshot in one:first two:before$i; do
    qemu-img convert -l "snapshot.name=${snapshot%:*}" -f qcow2 -O raw "$image" old.raw
    qemu-img compare -q -f raw -F raw old.raw "${snapshot#*:}.raw" || fail "$image: ${snapshot%:*}"
  done
  qemu-img snapshot -a one "$image"
  holds "$image" first.raw
  qemu-img snapshot -d two "$image"
  qemu-img check -q -f qcow2 "$image" || fail "$image after its snapshots were used"
done
