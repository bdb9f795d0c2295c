#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Snapshots stay as they were while the active disk is written, discarded and resized.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images
sparse_disk first.raw 1
random_file other.raw 8388608 3
qemu-img convert -f raw -O qcow2 -c first.raw images/packed.qcow2
qemu-img convert -f raw -O qcow2 -o cluster_size=4k first.raw images/plain.qcow2
for name in packed plain; do
  qemu-img snapshot -c one images/$name.qcow2
done
mount_folder images
for name in packed plain; do
  disk=$MNT/$name.qcow2.raw snapshot=$MNT/$name.qcow2.snapshots/one.raw
  exec 5<"$snapshot"
  head -c 1000000 <&5 >seen.raw
  (for _ in 1 2 3; do
    dd if=other.raw of="$disk" bs=100k conv=notrunc,fsync status=none
    fallocate --punch-hole --offset 1M --length 5M "$disk"
    truncate -s 8M "$disk"
  done) &
  for _ in {1..20}; do same_content first.raw "$snapshot"; done
  wait $! || fail "$name: writing"
  cat <&5 >>seen.raw
  exec 5<&-
  same_content first.raw seen.raw
  same_content first.raw "$snapshot"
  cp "$disk" $name.now
done
unmount_folder
for name in packed plain; do
  qemu-img check -q images/$name.qcow2 || fail "qemu-img check $name"
  qemu-img compare -q -f qcow2 -F raw images/$name.qcow2 $name.now || fail "$name: the active disk"
  qemu-img snapshot -a one images/$name.qcow2
  qemu-img compare -q -f qcow2 -F raw images/$name.qcow2 first.raw || fail "$name: the snapshot"
done
