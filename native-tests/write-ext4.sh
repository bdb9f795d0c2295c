#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A guest's ext4 is made, filled and checked through a loop device, in images of every kind.
. "$(dirname "$0")/functions.sh"
. "$TESTS/writing.sh"

requires root fuse loop qemu mkfs.ext4

writable_images images 96M
writes_tree "mkfs.ext4 -q" "e2fsck -fn"
