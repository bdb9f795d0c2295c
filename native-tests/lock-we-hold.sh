#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What is written here, QEMU does not touch, but with force-share; what is read here, QEMU reads
# and does not write. An image that nobody uses is free, also while it is mounted.
. "$(dirname "$0")/functions.sh"
. "$TESTS/locking.sh"

requires fuse qemu qemu-io

mkdir images
sparse_disk disk.raw
qemu-img convert -f raw -O qcow2 disk.raw images/base.qcow2
qemu-img create -q -f qcow2 -b base.qcow2 -F qcow2 images/disk.qcow2
mount_folder images
ls -l "$MNT" >ls.out
image=images/disk.qcow2
write=(qemu-io -f qcow2 -c "write -P 7 0 512")
read=(qemu-io -r -f qcow2 -c "read 0 512")

"${write[@]}" "$image" >out || fail "QEMU cannot write what nobody uses"
exec 5<"$MNT/disk.qcow2.raw"
qemu_locked "${write[@]}" "$image"
qemu_locked "${write[@]}" images/base.qcow2
"${read[@]}" "$image" >out || fail "QEMU cannot read what is only read"
qemu-img info "$image" >out || fail "qemu-img info beside a reader"
# The kernel tells the server of the end of the last handle without waiting for it.
exec 5<&-
within 5 "${write[@]}" "$image" || fail "QEMU cannot write after the last reader"

exec 5<>"$MNT/disk.qcow2.raw"
qemu_locked "${write[@]}" "$image"
qemu_locked "${read[@]}" "$image"
qemu_locked qemu-img info "$image"
qemu_locked qemu-img check -q "$image"
qemu_locked "${write[@]}" images/base.qcow2
"${read[@]}" images/base.qcow2 >out || fail "QEMU cannot read the base"
qemu-img info -U "$image" >out || fail "qemu-img info -U beside a writer"
exec 5<&-
within 5 "${write[@]}" "$image" || fail "QEMU cannot write after the last writer"
"${write[@]}" images/base.qcow2 >out || fail "QEMU cannot write the base"
qemu-img check -q "$image" || fail "the image is not sound"
