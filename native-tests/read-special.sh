#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Differencing VHD and VDI and damaged VMDK directories: the bytes that the specification says.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

python3 "$TESTS/make_special.py" images
mount_folder images
for expected in images.expected/*; do
  name=${expected##*/}
  same_content "$MNT/$name.raw" "$expected"
done
expect "images" "$(find images.expected -type f | wc -l)" "$(find "$MNT" -type f | wc -l)"
