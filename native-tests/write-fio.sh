#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Four jobs of fio write at random, with and without the page cache, and verify all they wrote.
. "$(dirname "$0")/functions.sh"
. "$TESTS/writing.sh"

requires fuse qemu fio

writable_images images 64M
mount_folder images
for name in "${IMAGES[@]}"; do
  for direct in 0 1; do
    fio --name=verify --filename="$MNT/$name.raw" --size=16M --offset_increment=16M --numjobs=4 \
      --rw=randwrite --bsrange=512-128k --blockalign=512 --bs_unaligned=0 --direct=$direct --randseed=$RANDOM \
      --io_size="$(long_or 4)M" --ioengine=psync --fsync=64 --verify=crc32c --verify_fatal=1 \
      --allow_file_create=0 --output=fio.out || fail "$name, direct=$direct: $(tail -n 20 fio.out)"
  done
done
unmount_folder
for name in "${IMAGES[@]}"; do sound "images/$name"; done
