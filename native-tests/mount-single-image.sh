#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SOURCE may be one image.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images
random_file disk.raw 1048576
qemu-img convert -f raw -O qcow2 disk.raw images/disk.qcow2
qemu-img convert -f raw -O vdi disk.raw images/other.vdi
mount_folder images/disk.qcow2
expect "listing" disk.qcow2.raw "$(ls "$MNT")"
same_content "$MNT/disk.qcow2.raw" disk.raw
