#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A guest's btrfs, which checks the sums of all it reads, is made, filled and scrubbed.
. "$(dirname "$0")/functions.sh"
. "$TESTS/writing.sh"

requires root fuse loop qemu mkfs.btrfs
grep -qw btrfs /proc/filesystems || modprobe btrfs 2>/dev/null || skip "needs btrfs in the kernel"

writable_images images 160M plain.qcow2 extended.qcow2 plain.vdi plain.vmdk plain.vhd plain.raw
writes_tree "mkfs.btrfs -q -f" "btrfs check --readonly --check-data-csum"
