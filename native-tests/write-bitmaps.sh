#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Persistent bitmaps say which blocks changed. A writer that does not keep them has to make them
# invalid: after a write nobody may take one for complete.
. "$(dirname "$0")/functions.sh"
. "$TESTS/writing.sh"

requires fuse qemu

mkdir images
for name in written read; do
  qemu-img create -q -f qcow2 "images/$name.qcow2" 8M
  qemu-img bitmap --add "images/$name.qcow2" backup
  qemu-io -f qcow2 -c "write -P 1 1M 64k" "images/$name.qcow2" >/dev/null
done
untouched=$(sha256sum <images/read.qcow2)
# usable IMAGE: the bitmaps that QEMU takes for consistent.
usable() {
  qemu-img info --output=json "$1" | python3 -c '
import json, sys
data = json.load(sys.stdin)["format-specific"]["data"]
print(*[b["name"] for b in data.get("bitmaps", []) if "in-use" not in b["flags"]])'
}
expect "bitmaps at first" backup "$(usable images/written.qcow2)"
mount_folder images
dd if=/dev/urandom of="$MNT/written.qcow2.raw" bs=64k count=1 seek=50 conv=notrunc,fsync status=none
cat "$MNT/read.qcow2.raw" >/dev/null
cp "$MNT/written.qcow2.raw" content.raw
unmount_folder
expect "bitmaps after a write" "" "$(usable images/written.qcow2)"
qemu-img check -q -f qcow2 images/written.qcow2 || [ $? = 3 ] || fail "check after a write"
holds images/written.qcow2 content.raw
expect "image that was only read" "$untouched" "$(sha256sum <images/read.qcow2)"
expect "its bitmaps" backup "$(usable images/read.qcow2)"
