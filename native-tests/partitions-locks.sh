#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An open partition or snapshot is an open image to QEMU, and an image that QEMU writes has neither.
. "$(dirname "$0")/functions.sh"
. "$TESTS/locking.sh"

requires fuse qemu qemu-io qemu-storage-daemon sfdisk getfattr

mkdir images
truncate -s 4M disk.raw
printf '2048,2048\n4096,2048\n' | sfdisk -q disk.raw
qemu-img convert -f raw -O qcow2 disk.raw images/disk.qcow2
qemu-img snapshot -c one images/disk.qcow2
mount_folder images
image=images/disk.qcow2
first=$MNT/disk.qcow2.parts/p1.raw
write=(qemu-io -f qcow2 -c "write -P 7 3M 512")
read=(qemu-io -r -f qcow2 -c "read 0 512")

ls -lR "$MNT" >ls.out
"${write[@]}" "$image" >out || fail "QEMU cannot write what nobody uses"
for file in "$first" "$MNT/disk.qcow2.snapshots/one.raw"; do
  exec 5<"$file"
  qemu_locked "${write[@]}" "$image"
  "${read[@]}" "$image" >out || fail "QEMU cannot read what is only read"
  exec 5<&-
  within 5 "${write[@]}" "$image" || fail "QEMU cannot write after the last reader of $file"
done

# The disk is open as long as any of its files is, and writable as long as any is.
exec 5<"$MNT/disk.qcow2.raw" 6<>"$first" 7<"$MNT/disk.qcow2.parts/p2.raw"
qemu_locked "${read[@]}" "$image"
exec 5<&- 7<&-
qemu_locked "${read[@]}" "$image"
echo written >&6
exec 6<&-
within 5 "${write[@]}" "$image" || fail "QEMU cannot write after the last writer"
qemu-io -r -f qcow2 -c "read -v 1M 8" "$image" | grep -q written || fail "QEMU does not find it"

hold_daemon "$image" qcow2
within 3 test ! -e "$first" || fail "partitions of an image that is in use"
within 3 opens_with "$MNT/disk.qcow2.raw" r EBUSY || fail "the disk of an image that is in use"
expect "names" "disk.qcow2.raw" "$(cd "$MNT" && echo *)"
expect_match "the reason" "in use.*qemu-storage" "$(error_of "$MNT/disk.qcow2.raw")"
drop_daemon
within 3 opens_with "$first" w OK || fail "still refused when the writer has gone"
