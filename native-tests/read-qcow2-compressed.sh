#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# qcow2 with zlib and zstd clusters of every size: content, holes, map and info.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

python3 "$TESTS/make_qcow2.py" compressed images
mount_folder images
compare_all images 28
