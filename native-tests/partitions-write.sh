#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A file system is made, mounted and filled on p1.raw of each format: the whole disk shows it, QEMU
# finds it afterwards, and nothing outside of the partition changes.
. "$(dirname "$0")/functions.sh"
. "$TESTS/writing.sh"

requires root fuse loop qemu mkfs.ext4 sfdisk

writable_images images 48M plain.qcow2 small.qcow2 plain.vdi plain.vmdk flat.vmdk plain.vhd fixed.vhd \
  plain.raw
make_tree tree
mkdir guest
random_file edge.raw 1048576 7
mount_folder images
for name in "${IMAGES[@]}"; do
  disk=$MNT/$name.raw part=$MNT/$name.parts/p1.raw
  [ ! -e "$MNT/$name.parts" ] || fail "$name has partitions before it has a table"
  printf '2048,65536\n67584,20480\n' | sfdisk -q "$disk" || fail "$name: sfdisk"
  dd if=edge.raw of="$disk" bs=512 seek=67584 conv=notrunc status=none
  dd if=edge.raw of="$disk" bs=512 seek=1 count=2047 conv=notrunc status=none
  on_loop "$part" fill_guest "mkfs.ext4 -q" || fail "$name: cannot be filled"
  fails_with 1 "No space left" dd if=edge.raw of="$part" bs=512 seek=65536 conv=notrunc
  fails_with 1 "File too large" truncate -s 40M "$part"
  cmp -n 33554432 -i 1048576:0 "$disk" "$part" || fail "$name: the disk shows something else"
  cmp -n 1048064 -i 512:0 "$disk" edge.raw || fail "$name: changed before the partition"
  cmp -n 1048576 -i 34603008:0 "$disk" edge.raw || fail "$name: changed behind the partition"
  # O_TRUNC empties a partition and keeps its size.
  echo x >"$MNT/$name.parts/p2.raw"
  expect "size of $name's p2" 10485760 "$(stat -c %s "$MNT/$name.parts/p2.raw")"
  expect "what is left of $name's p2" 1 "$(tr -d '\0\n' <"$MNT/$name.parts/p2.raw" | wc -c)"
done
unmount_folder
for name in "${IMAGES[@]}"; do
  sound "images/$name"
  qemu-img convert -f "$(qemu_name "$name")" -O raw "images/$name" disk.raw
  expect "what QEMU finds behind p1 of $name" 1 "$(tail -c +34603009 disk.raw | tr -d '\0\n' | wc -c)"
  dd if=disk.raw of=part.raw bs=1M skip=1 count=32 conv=sparse status=none
  on_loop part.raw verify_guest "e2fsck -fn" || fail "$name: QEMU finds another file system"
  rm disk.raw part.raw
done
