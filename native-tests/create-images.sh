#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A file that is made in the mount is a new image, by truncate, dd and cp, and grows until closed.
. "$(dirname "$0")/functions.sh"
. "$TESTS/writing.sh"

requires fuse qemu

kinds=(qcow2 qcow vdi vmdk vhd vpc raw)
mkdir images
sparse_disk disk.raw
mount_folder images
for kind in "${kinds[@]}"; do
  truncate -s 8M "$MNT/empty.$kind.raw" || fail "truncate of a new $kind"
  dd if=disk.raw of="$MNT/dd.$kind.raw" bs=64k status=none || fail "dd to a new $kind"
  cp --sparse=always disk.raw "$MNT/cp.$kind.raw" || fail "cp to a new $kind"
  expect "size of empty.$kind" 8388608 "$(stat -c %s "$MNT/empty.$kind.raw")"
  same_content disk.raw "$MNT/dd.$kind.raw"
  same_content disk.raw "$MNT/cp.$kind.raw"
done
for name in nothing.raw.txt noformat noformat.raw other.xyz.raw; do
  fails_with 1 "Invalid argument" touch "$MNT/$name"
done
grep -q "other.xyz.*format" log || fail "the log does not say why: $(tail -n 3 log)"
unmount_folder

truncate -s 8M zeros
for kind in "${kinds[@]}"; do
  for name in empty dd cp; do sound "images/$name.$kind"; done
  holds "images/empty.$kind" zeros
  holds "images/dd.$kind" disk.raw
  holds "images/cp.$kind" disk.raw
done
expect "images" 21 "$(find images -type f | wc -l)"
