#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An image replaced by a smaller or larger one under a reader: the reader gets its own disk whole, or
# an error, never a piece of it without a word.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images
random_file middle.raw 4194304 1
random_file small.raw 1048576 2
random_file large.raw 9437184 3
for name in middle small large; do qemu-img convert -f raw -O qcow2 $name.raw $name.qcow2; done
cp middle.qcow2 images/disk.qcow2
mount_folder images

for other in small large; do
  cp middle.qcow2 new
  mv new images/disk.qcow2
  sleep 1.2
  exec 5<"$MNT/disk.qcow2.raw"
  head -c 100000 <&5 >got
  cp $other.qcow2 new
  mv new images/disk.qcow2
  sleep 1.2
  stat "$MNT/disk.qcow2.raw" >/dev/null
  same_content "$MNT/disk.qcow2.raw" $other.raw
  status=0
  cat <&5 >>got 2>said || status=$?
  exec 5<&-
  if [ $status = 0 ]; then
    same_content got middle.raw
  else
    echo "$other: $(cat said)"
    cmp -n "$(stat -c %s got)" got middle.raw || fail "wrong bytes before the error"
  fi
  same_content "$MNT/disk.qcow2.raw" $other.raw
done
