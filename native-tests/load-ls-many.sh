#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# 10,000 images are listed in seconds, with what is on each.
. "$(dirname "$0")/functions.sh"

requires qemu sfdisk mkfs.ext4 mkswap

mkdir images
truncate -s 64M disk.raw part
sfdisk -q --no-reread --no-tell-kernel disk.raw <<<$'label: gpt\n1M,40M,L\n41M,20M,S' || fail "sfdisk"
truncate -s 40M part && mkfs.ext4 -q part && dd if=part of=disk.raw bs=1M seek=1 conv=notrunc,sparse status=none
truncate -s 20M part && mkswap part >out 2>&1 && dd if=part of=disk.raw bs=1M seek=41 conv=notrunc,sparse status=none
qemu-img convert -f raw -O qcow2 disk.raw images/00000.qcow2
for ((i = 1; i < 10000; i++)); do printf 'images/%05d.qcow2\0' $i; done |
  xargs -0 -n 1 ln images/00000.qcow2
start=$(date +%s%N)
timeout 120 "$VDISKFS" ls images >listed || fail "ls needs more than 120 seconds"
took=$((($(date +%s%N) - start) / 1000000))
expect "images with partitions" 10000 "$(grep -c ' gpt 1:ext4 2:swap ' listed)"
echo "10,000 images in $took ms"
[ $took -le 60000 ] || fail "ls took $took ms"
