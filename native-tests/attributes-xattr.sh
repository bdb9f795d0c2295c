#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The extended attributes name format, source and error.
. "$(dirname "$0")/functions.sh"

requires fuse qemu getfattr

mkdir images
qemu-img create -q -f qcow2 images/disk.qcow2 1M
truncate -s 1M images/plain.raw
qemu-img create -q -u -f qcow2 -b nowhere.qcow2 -F qcow2 images/lost.qcow2 1M
mount_folder images

value() { getfattr --absolute-names --only-values -n "user.vdiskfs.$1" "$MNT/$2" 2>&1 || true; }
expect "format" qcow2 "$(value format disk.qcow2.raw)"
expect "format of a raw disk" raw "$(value format plain.raw.raw)"
expect "source" "$(realpath images/disk.qcow2)" "$(value source disk.qcow2.raw)"
expect_match "no error" "No such attribute" "$(value error disk.qcow2.raw)"
expect_match "error" "nowhere.qcow2" "$(value error lost.qcow2.raw)"
expect "list" "user.vdiskfs.format user.vdiskfs.source" \
  "$(getfattr --absolute-names "$MNT/disk.qcow2.raw" | grep '^user' | sort | xargs)"
expect_match "another attribute" "No such attribute" "$(value nothing disk.qcow2.raw)"
