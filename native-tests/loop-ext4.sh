#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A guest's ext4 in a partition is mounted read-only through losetup.
. "$(dirname "$0")/functions.sh"

requires root fuse loop qemu mkfs.ext4 sfdisk

mkdir -p images files guest
echo "hello from the guest" >files/hello.txt
random_file files/data.bin 3000000
truncate -s 40M disk.raw
echo "2048,65536,L" | sfdisk -q disk.raw
mkfs.ext4 -q -d files -E offset=1048576 disk.raw 32M
for format in qcow2 vdi vmdk vpc; do
  qemu-img convert -f raw -O $format disk.raw "images/disk.${format/vpc/vhd}"
done
qemu-img convert -f raw -O qcow2 -c disk.raw images/packed.qcow2
mount_folder images

for name in disk.qcow2 disk.vdi disk.vmdk disk.vhd packed.qcow2; do
  disk=$MNT/$name.raw
  expect "partitions of $name" "$(sfdisk --dump disk.raw | grep -c 'start=')" \
    "$(sfdisk --dump "$disk" | grep -c 'start=')"
  expect_match "fdisk -l of $name" "Linux" "$(fdisk -l "$disk")"
  loop=$(losetup --find --show --read-only --offset 1048576 --sizelimit 33554432 "$disk")
  mount -o ro,noload "$loop" guest
  diff -r --exclude=lost+found files guest || fail "$name: files differ"
  umount guest
  losetup -d "$loop"
done
