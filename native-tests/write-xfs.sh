#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A guest's xfs is made, filled and checked through a loop device.
. "$(dirname "$0")/functions.sh"
. "$TESTS/writing.sh"

requires root fuse loop qemu mkfs.xfs

writable_images images 304M plain.qcow2 plain.vdi plain.vmdk plain.vhd plain.raw
writes_tree "mkfs.xfs -q -f" "xfs_repair -n"
