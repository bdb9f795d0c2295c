#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Internal snapshots are files: what qemu-img gets of them, their own sizes, read-only, by safe names.
. "$(dirname "$0")/functions.sh"

requires fuse qemu getfattr

mkdir images
sparse_disk first.raw 1
qemu-img convert -f raw -O qcow2 first.raw images/disk.qcow2
qemu-img snapshot -c "before update" images/disk.qcow2
qemu-io -f qcow2 -c "write -P 7 2M 1M" -c "discard 0 1M" images/disk.qcow2 >/dev/null
qemu-img snapshot -c second images/disk.qcow2
qemu-img resize -q images/disk.qcow2 12M
qemu-io -f qcow2 -c "write -P 8 9M 1M" images/disk.qcow2 >/dev/null
qemu-img snapshot -c large images/disk.qcow2
qemu-img snapshot -c odd/name images/disk.qcow2
qemu-img snapshot -c $'two\nlines' images/disk.qcow2
qemu-img snapshot -c second images/disk.qcow2
qemu-img create -q -f qcow2 -b disk.qcow2 -F qcow2 images/child.qcow2
mount_folder images
folder=$MNT/disk.qcow2.snapshots
expect "snapshots" "before update.raw id-4.raw id-5.raw id-6.raw large.raw second.raw" \
  "$(cd "$folder" && echo *)"
expect "folders" "disk.qcow2.snapshots" "$(cd "$MNT" && echo *.snapshots)"
for snapshot in 1:"before update" 2:second 3:large 4:id-4 5:id-5 6:id-6; do
  qemu-img convert -l "snapshot.id=${snapshot%%:*}" -f qcow2 -O raw images/disk.qcow2 old.raw
  # QEMU gives each the size of the disk as it is now.
  truncate -s "$(stat -c %s "$folder/${snapshot#*:}.raw")" old.raw
  same_content old.raw "$folder/${snapshot#*:}.raw"
  cp --sparse=always "$folder/${snapshot#*:}.raw" copy.raw
  same_content old.raw copy.raw
done
expect "sizes" "8388608 12582912" "$(stat -c %s "$folder/second.raw" "$folder/large.raw" | xargs)"
expect "mode" 444 "$(stat -c %a "$folder/second.raw")"
fails_with 1 "Read-only file system" dd if=first.raw of="$folder/second.raw" conv=notrunc
fails_with 1 "Read-only file system|Permission" truncate -s 0 "$folder/second.raw"
fails_with 1 "No such file" cat "$folder/third.raw"
expect "source" "$TMP/images/disk.qcow2" \
  "$(getfattr --absolute-names --only-values -n user.vdiskfs.source "$folder/second.raw")"
expect "inode numbers" 6 "$(stat -c %i "$folder"/* | sort -u | wc -l)"
