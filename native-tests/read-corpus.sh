#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Images by other programs: content as recorded, map and info as QEMU says, or the right error.
. "$(dirname "$0")/functions.sh"

requires fuse qemu corpus

cp -r "$CORPUS" images
mount_folder images
python3 "$TESTS/corpus.py" images "$MNT" || fail "mismatches"
