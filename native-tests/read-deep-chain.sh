#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A chain of 200 layers is read as QEMU reads it.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

python3 "$TESTS/make_chains.py" images
mv images/deep deep
mkdir top
mount_folder deep
expect "images" 200 "$(find "$MNT" -type f | wc -l)"
python3 "$TESTS/compare.py" "$TMP/deep" "$MNT" 0.qcow2 121.qcow2 199.qcow2 || fail "mismatches"
