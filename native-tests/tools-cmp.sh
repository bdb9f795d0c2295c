#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# cmp, md5sum and dd at odd places read the disk's bytes.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images
random_file disk.raw 5000192
qemu-img convert -f raw -O qcow2 -c disk.raw images/disk.qcow2
mount_folder images
disk=$MNT/disk.qcow2.raw

same_content "$disk" disk.raw
expect "md5sum" "$(md5sum <disk.raw)" "$(md5sum <"$disk")"
for how in "bs=512 skip=7 count=1" "bs=1 skip=65535 count=3" "bs=1M" "bs=3M skip=1" "bs=700 skip=99" \
  "bs=4k skip=1220 count=9" "bs=4096 iflag=direct skip=17 count=33" "bs=1M iflag=direct" \
  "bs=64k skip=5000000 iflag=skip_bytes"; do
  read -ra words <<<"$how"
  # A direct read of a file on disk needs aligned sizes; the plain file is read without it.
  dd if="$disk" of=ours status=none "${words[@]}"
  dd if=disk.raw of=theirs status=none "${words[@]/iflag=direct/iflag=fullblock}"
  cmp ours theirs || fail "dd $how"
done
dd if="$disk" of=past bs=512 skip=20000 status=none 2>/dev/null || true
expect "bytes past the end" 0 "$(stat -c %s past)"
