#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Two mounts of one folder keep out of each other's way as two programs do.
. "$(dirname "$0")/functions.sh"
. "$TESTS/locking.sh"

requires fuse qemu getfattr

mkdir images
sparse_disk disk.raw
qemu-img convert -f raw -O qcow2 disk.raw images/disk.qcow2
cp disk.raw images/plain.raw
MNT=$TMP/second mount_folder images
mount_folder images
for name in disk.qcow2 plain.raw; do
  ours=$TMP/mnt/$name.raw
  theirs=$TMP/second/$name.raw
  exec 5<"$ours" 6<"$theirs"
  cmp /dev/fd/5 /dev/fd/6 || fail "$name: two readers"
  expect "$name: a writer beside a reader" EBUSY "$(open_result "$theirs" w)"
  exec 5<&- 6<&-
  exec 5<>"$ours"
  within 3 opens_with "$theirs" r EBUSY || fail "$name: a reader beside a writer"
  expect_match "$name: the reason" "in use.*java $(server_pid "$TMP/mnt")" "$(error_of "$theirs")"
  printf 'written here' | dd of=/dev/fd/5 conv=notrunc status=none
  exec 5>&-
  within 3 opens_with "$theirs" w OK || fail "$name: still refused when the writer has gone"
  expect "$name: what the other wrote" "written here" "$(head -c 12 "$theirs")"
done
