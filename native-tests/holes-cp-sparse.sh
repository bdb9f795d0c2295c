#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# cp keeps content and holes, whatever --sparse says.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images
sparse_disk disk.raw
qemu-img convert -f raw -O qcow2 disk.raw images/disk.qcow2
mount_folder images
disk=$MNT/disk.qcow2.raw

expect "holes of the disk" "$(data_runs disk.raw)" "$(data_runs "$disk")"
for how in auto always; do
  cp --sparse=$how "$disk" copy.raw
  same_content copy.raw disk.raw
  expect "holes of cp --sparse=$how" "$(data_runs disk.raw)" "$(data_runs copy.raw)"
done
cp "$disk" copy.raw
expect "host space of a plain cp" "$(stat -c %b disk.raw)" "$(stat -c %b copy.raw)"
cp --sparse=never "$disk" full.raw
same_content full.raw disk.raw
