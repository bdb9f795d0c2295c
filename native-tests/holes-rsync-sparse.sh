#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# rsync -S and dd conv=sparse keep content and holes.
. "$(dirname "$0")/functions.sh"

requires fuse qemu rsync

mkdir images out
sparse_disk disk.raw
qemu-img convert -f raw -O qcow2 disk.raw images/disk.qcow2
mount_folder images

rsync -S "$MNT/disk.qcow2.raw" out/
same_content out/disk.qcow2.raw disk.raw
[ "$(stat -c %b out/disk.qcow2.raw)" -lt 2000 ] || fail "rsync -S has filled the holes"
rsync -a "$MNT/" all/
same_content all/disk.qcow2.raw disk.raw
dd if="$MNT/disk.qcow2.raw" of=out/dd.raw bs=64k conv=sparse status=none
same_content out/dd.raw disk.raw
expect "host space of dd conv=sparse" "$(stat -c %b disk.raw)" "$(stat -c %b out/dd.raw)"
