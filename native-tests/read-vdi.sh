#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# vdi images: content, holes, map and info are what QEMU says.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

python3 "$TESTS/make_others.py" vdi images
mount_folder images
compare_all images 8
