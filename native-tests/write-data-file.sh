#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A qcow2 with an external data file: guest data goes there, at its own offset where it is raw.
. "$(dirname "$0")/functions.sh"
. "$TESTS/writing.sh"

requires fuse qemu

mkdir images
(
  cd images
  qemu-img create -q -f qcow2 -o data_file=plain.data,data_file_raw=off plain.qcow2 8M
  qemu-img create -q -f qcow2 -o data_file=raw.data,data_file_raw=on raw.qcow2 8M
)
sparse_disk disk.raw
mount_folder images
for name in plain raw; do
  disk=$MNT/$name.qcow2.raw
  dd if=disk.raw of="$disk" bs=64k conv=notrunc,sparse status=none || fail "$name: cannot be written"
  fallocate --punch-hole --offset 1090000 --length 70000 "$disk" || fail "$name: cannot be punched"
  cp "$disk" "$name.content"
done
unmount_folder
for name in plain raw; do
  (cd images && qemu-img check -q -f qcow2 "$name.qcow2") || fail "qemu-img check $name"
  "$VDISKFS" check "images/$name.qcow2" >check.out || fail "vdiskfs check $name: $(cat check.out)"
  (cd images && qemu-img compare -q -f qcow2 -F raw "$name.qcow2" "../$name.content") || fail "$name differs"
done
same_content images/raw.data raw.content
