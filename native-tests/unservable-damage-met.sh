#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Damage that a read meets: EIO there alone, the reason in the log once and in the attribute.
. "$(dirname "$0")/functions.sh"

requires fuse qemu getfattr

mkdir images
qemu-img create -q -f qcow2 images/disk.qcow2 1M
qemu-io -f qcow2 -c "write -P 7 0 1M" images/disk.qcow2 >/dev/null
cp images/disk.qcow2 sound.qcow2
python3 -c '
import struct
with open("images/disk.qcow2", "r+b") as image:
    image.seek(40)
    table, = struct.unpack(">Q", image.read(8))
    image.seek(table)
    entries, = struct.unpack(">Q", image.read(8))
    image.seek((entries & 0x00FFFFFFFFFFFE00) + 5 * 8)
    image.write(struct.pack(">Q", 1 << 63 | 1 << 40 | 512))'
reason() { getfattr --only-values -n user.vdiskfs.error "$MNT/disk.qcow2.raw" 2>/dev/null; }

mount_folder images cache=none
expect "attribute before" "" "$(reason || true)"
for _ in 1 2 3; do
  fails_with 1 "Input/output error" dd if="$MNT/disk.qcow2.raw" of=/dev/null bs=64k skip=5 count=1
done
dd if="$MNT/disk.qcow2.raw" bs=64k skip=6 status=none | cmp - <(head -c 655360 /dev/zero | tr '\0' '\7')
expect_match "attribute" "disk.qcow2.*8000010000000200" "$(reason)"
expect "lines of the log" 1 "$(grep -c 'WARN.*disk.qcow2.*8000010000000200' log)"
cp sound.qcow2 images/new
mv images/new images/disk.qcow2
within 3 cmp "$MNT/disk.qcow2.raw" <(head -c 1048576 /dev/zero | tr '\0' '\7') || fail "mended image"
expect "attribute of the mended image" "" "$(reason || true)"
