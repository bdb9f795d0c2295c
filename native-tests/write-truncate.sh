#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# O_TRUNC empties a disk and keeps its size; other sizes are for the formats that can change.
. "$(dirname "$0")/functions.sh"
. "$TESTS/writing.sh"

requires fuse qemu

writable_images images 8M
sparse_disk disk.raw
random_file short.raw 100000
cp short.raw short-on-disk.raw
truncate -s 8M short-on-disk.raw
mount_folder images
for name in "${IMAGES[@]}"; do
  disk=$MNT/$name.raw
  dd if=disk.raw of="$disk" bs=1M status=none || fail "$name: dd"
  same_content disk.raw "$disk"
  cp short.raw "$disk" || fail "$name: cp"
  expect "size of $name after cp" 8388608 "$(stat -c %s "$disk")"
  same_content short-on-disk.raw "$disk"
  case $name in
    *.qcow2 | *.vdi | *.raw)
      truncate -s 12M "$disk" || fail "$name: cannot grow"
      expect "size of $name" 12582912 "$(stat -c %s "$disk")"
      truncate -s 50000 "$disk" || fail "$name: cannot shrink"
      truncate -s 8M "$disk" || fail "$name: cannot grow again"
      cmp -n 50000 short.raw "$disk" || fail "$name: lost what it had"
      expect "bytes of $name that came back" 0 "$(tail -c +50001 "$disk" | tr -d '\0' | wc -c)" ;;
    *)
      fails_with 1 "File too large" truncate -s 12M "$disk"
      fails_with 1 "File too large" truncate -s 4M "$disk"
      same_content short-on-disk.raw "$disk" ;;
  esac
done
unmount_folder
for name in "${IMAGES[@]}"; do sound "images/$name"; done
