#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An overlay of 64 TiB is emptied in no time, and takes no space for what its base does not have.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images
qemu-img create -q -f qcow2 images/base.qcow2 64T
qemu-io -f qcow2 -c 'write -q -P 7 0 64k' -c 'write -q -P 8 40T 64k' images/base.qcow2
qemu-img create -q -f qcow2 -b base.qcow2 -F qcow2 images/top.qcow2
qemu-io -f qcow2 -c 'write -q -P 9 60T 64k' images/top.qcow2
mount_folder images
disk=$MNT/top.qcow2.raw
# shellcheck disable=SC2016 # the inner shell's parameter
timeout 20 bash -c ': >"$1"' empty "$disk" || fail "O_TRUNC takes longer than 20 seconds"
expect "size" $((64 << 40)) "$(stat -c %s "$disk")"
expect "runs of data" "" "$(timeout 20 python3 "$TESTS/holes.py" "$disk")"
timeout 20 fallocate -p -o $((1 << 40)) -l $((50 << 40)) "$disk" || fail "punching 50 TiB"
unmount_folder
for place in 0 40T 60T; do
  qemu-io -f qcow2 -c "read -q -P 0 $place 64k" images/top.qcow2 || fail "$place is not zero in QEMU"
done
qemu-io -r -f qcow2 -c 'read -q -P 8 40T 64k' images/base.qcow2 || fail "the base has changed"
qemu-img check -q -f qcow2 images/top.qcow2 || fail "QEMU finds something"
[ "$(du -k images/top.qcow2 | cut -f 1)" -lt 4000 ] || fail "the overlay takes $(du -h images/top.qcow2)"
