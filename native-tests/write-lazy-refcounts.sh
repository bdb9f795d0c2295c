#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A qcow2 that QEMU left dirty is read, but not written before somebody has had it repaired.
. "$(dirname "$0")/functions.sh"
. "$TESTS/writing.sh"

requires fuse qemu

dirty() { qemu-img info --output=json -U "$1" | grep -c '"dirty-flag": true' || true; }

mkdir images
qemu-img create -q -f qcow2 -o lazy_refcounts=on images/disk.qcow2 8M
# The program is stopped before it brings the refcounts up to date.
qemu-io -f qcow2 -c "write -P 1 1M 1M" -c "flush" -c "sigraise 9" images/disk.qcow2 >/dev/null 2>&1 || true
expect "dirty after a crash of QEMU" 1 "$(dirty images/disk.qcow2)"
python3 -c '
import sys
sys.stdout.buffer.write(bytes(1 << 20) + b"\1" * (1 << 20) + bytes(6 << 20))' >expected.raw
crashed=$(sha256sum <images/disk.qcow2)
mount_folder images
same_content expected.raw "$MNT/disk.qcow2.raw"
expect "image that was only read" "$crashed" "$(sha256sum <images/disk.qcow2)"
fails_with 1 "Read-only file system" \
  dd if=/dev/zero of="$MNT/disk.qcow2.raw" bs=512 count=1 conv=notrunc status=none
grep -q "disk.qcow2.*vdiskfs check -r all" log || fail "the log does not say what to do"
unmount_folder
fails_with 2 "" "$VDISKFS" check images/disk.qcow2
"$VDISKFS" check -r all images/disk.qcow2 >check.out || fail "repair: $(cat check.out)"
expect "dirty after the repair" 0 "$(dirty images/disk.qcow2)"
holds images/disk.qcow2 expected.raw
mount_folder images
dd if=/dev/urandom of="$MNT/disk.qcow2.raw" bs=100k count=10 seek=30 conv=notrunc,fsync status=none ||
  fail "the repaired image cannot be written"
cp "$MNT/disk.qcow2.raw" content.raw
unmount_folder
expect "dirty after a clean end" 0 "$(dirty images/disk.qcow2)"
sound images/disk.qcow2
holds images/disk.qcow2 content.raw
qemu-img info images/disk.qcow2 | grep -q "lazy refcounts: true" || fail "lazy refcounts are gone"
