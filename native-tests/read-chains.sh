#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Chains of backing files over every format: content, holes, map and info.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

python3 "$TESTS/make_chains.py" images
mount_folder images
# The deep chain has a test of its own.
mv images/deep elsewhere
compare_all images 29
