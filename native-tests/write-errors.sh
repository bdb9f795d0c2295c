#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What cannot be written says why: past the end, formats that are read only, bases of other images.
. "$(dirname "$0")/functions.sh"
. "$TESTS/writing.sh"

requires fuse qemu getfattr

writable_images images 8M
sparse_disk disk.raw
qemu-img convert -f raw -O vmdk -o subformat=streamOptimized disk.raw images/stream.vmdk
qemu-img convert -f raw -O qcow2 disk.raw images/base.qcow2
qemu-img create -q -f qcow2 -b base.qcow2 -F qcow2 images/child.qcow2
base=$(sha256sum images/base.qcow2 images/stream.vmdk)
mount_folder images
for name in "${IMAGES[@]}"; do
  fails_with 1 "No space left on device" \
    dd if=/dev/zero of="$MNT/$name.raw" bs=1M seek=8 count=1 conv=notrunc status=none
  fails_with 1 "No space left on device" \
    dd if=/dev/zero of="$MNT/$name.raw" bs=1M seek=7 count=2 conv=notrunc status=none
  expect "size of $name" 8388608 "$(stat -c %s "$MNT/$name.raw")"
done
for name in stream.vmdk base.qcow2; do
  fails_with 1 "Read-only file system" \
    dd if=/dev/zero of="$MNT/$name.raw" bs=512 count=1 conv=notrunc status=none
done
grep -q "stream.vmdk.*compressed" log || fail "the log does not say why: $(tail -n 3 log)"
expect_match "reason" "child.qcow2" \
  "$(getfattr --only-values -n user.vdiskfs.error "$MNT/base.qcow2.raw" 2>&1)"
fails_with 1 "Operation not permitted" rm -f "$MNT/plain.raw.raw"
fails_with 1 "Operation not permitted" mv "$MNT/plain.raw.raw" "$MNT/other.raw.raw"
dd if=/dev/urandom of="$MNT/child.qcow2.raw" bs=1000 count=300 conv=notrunc,fsync status=none ||
  fail "the child cannot be written"
cp "$MNT/child.qcow2.raw" child.raw
unmount_folder
expect "images that may not change" "$base" "$(sha256sum images/base.qcow2 images/stream.vmdk)"
holds images/child.qcow2 child.raw
sound images/child.qcow2

mount_folder images write_base
dd if=/dev/zero of="$MNT/base.qcow2.raw" bs=512 count=1 conv=notrunc status=none ||
  fail "write_base does not let a base be written"
