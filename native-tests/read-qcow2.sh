#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# qcow2 of every variety: content, holes, map and info are what QEMU says.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

python3 "$TESTS/make_qcow2.py" images
mount_folder images
compare_all images 86
