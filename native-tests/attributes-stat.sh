#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Size, blocks, mode, owner, times and inode of a disk are those of the contract.
. "$(dirname "$0")/functions.sh"

requires root fuse qemu

mkdir images
sparse_disk disk.raw
qemu-img convert -f raw -O qcow2 disk.raw images/base.qcow2
qemu-img create -q -f qcow2 -b base.qcow2 -F qcow2 images/top.qcow2
qemu-img create -q -f qcow2 images/empty.qcow2 1G
qemu-img convert -f raw -O vdi disk.raw images/disk.vdi
chmod 640 images/base.qcow2
chown 1234:4321 images/base.qcow2
touch -d '2020-02-03 04:05:06.789' images/base.qcow2
mount_folder images
disk=$MNT/base.qcow2.raw

expect "size, mode, owner, group, type" "8388608 640 1234 4321 regular file" \
  "$(stat -c '%s %a %u %g %F' "$disk")"
expect "time" "$(stat -c %y images/base.qcow2)" "$(stat -c %y "$disk")"
expect "st_blksize" 1048576 "$(stat -c %o "$disk")"
# shellcheck disable=SC2012 # it is ls that is tested
expect "ls -l" "-rw-r----- 1 1234 4321 8388608" "$(ls -ln "$disk" | cut -d' ' -f1-5)"
inode=$(stat -c %i "$disk")
cat "$disk" >/dev/null
sleep 1.2
expect "inode later" "$inode" "$(stat -c %i "$disk")"
expect "time later" "$(stat -c %y images/base.qcow2)" "$(stat -c %y "$disk")"
[ "$(stat -c %i "$MNT"/*.raw | sort -u | wc -l)" = 4 ] || fail "inode numbers are not unique"

for name in base.qcow2 top.qcow2 disk.vdi empty.qcow2; do
  blocks=$(stat -c %b "$MNT/$name.raw")
  [ "$blocks" -gt 0 ] || fail "$name: st_blocks is 0: tar -S would read nothing"
  [ "$blocks" -lt $(($(stat -c %s "$MNT/$name.raw") / 512)) ] || fail "$name: no holes by st_blocks"
done
[ "$(du -k "$MNT/empty.qcow2.raw" | cut -f1)" -lt 1024 ] || fail "du of an empty disk"
expect "du --apparent-size" 1073741824 "$(du -b "$MNT/empty.qcow2.raw" | cut -f1)"
