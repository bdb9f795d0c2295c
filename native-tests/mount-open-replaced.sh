#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A reader keeps the image that it opened; who opens later reads the new one.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images
random_file one.raw 4194304 1
random_file two.raw 4194304 2
qemu-img convert -f raw -O qcow2 one.raw images/disk.qcow2
qemu-img convert -f raw -O qcow2 two.raw new
mount_folder images

exec 5<"$MNT/disk.qcow2.raw"
head -c 1048576 <&5 >got
mv new images/disk.qcow2
sleep 1.2
same_content "$MNT/disk.qcow2.raw" two.raw
cat <&5 >>got
exec 5<&-
same_content got one.raw
same_content "$MNT/disk.qcow2.raw" two.raw
