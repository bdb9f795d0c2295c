#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Disks of 64 TiB: content, holes, map and info are what QEMU says.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

python3 "$TESTS/make_others.py" huge images
mount_folder images
compare_all images 3
