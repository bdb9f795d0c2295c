#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# qemu-img map sees the holes of the mounted file, and converts it without reading them.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images
sparse_disk disk.raw
qemu-img convert -f raw -O qcow2 disk.raw images/disk.qcow2
mount_folder images

runs() {
  qemu-img map -f raw --output=json "$1" | python3 -c '
import json, sys
for e in json.load(sys.stdin):
    print(e["start"], e["length"], e["data"], e["zero"])'
}
expect "qemu-img map" "$(runs disk.raw)" "$(runs "$MNT/disk.qcow2.raw")"
qemu-img convert -f raw -O qcow2 "$MNT/disk.qcow2.raw" again.qcow2
qemu-img compare -f qcow2 -F raw again.qcow2 disk.raw || fail "qemu-img convert from the mount"
