#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What is an image: raw names are never probed, others by name and signature.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images
random_file disk.raw 1048576
qemu-img convert -f raw -O qcow2 disk.raw q
qemu-img convert -f raw -O vdi disk.raw d
# A guest that writes an image into its own raw disk gains nothing.
for name in guest.raw guest.dd guest.iso GUEST.RAW; do cp q "images/$name"; done
cp q images/noextension
cp q images/signed.img
cp d images/wrong.qcow2
cp q images/text.txt
cp disk.raw images/plain.img
cp disk.raw images/plain.bin
cp disk.raw images/broken.qcow2
echo "some text" >images/broken.vmdk
mount_folder images

for name in guest.raw guest.dd guest.iso GUEST.RAW; do
  same_content "$MNT/$name.raw" q
done
for name in noextension signed.img wrong.qcow2 text.txt plain.img; do
  same_content "$MNT/$name.raw" disk.raw
done
for name in plain.bin broken.qcow2 broken.vmdk; do
  [ ! -e "$MNT/$name.raw" ] || fail "$name is shown, although it has no signature"
done
