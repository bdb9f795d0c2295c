#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A full log disk neither stops nor slows the mount.
. "$(dirname "$0")/functions.sh"

requires root fuse qemu

mkdir images small mnt
random_file disk.raw 1048576
qemu-img convert -f raw -O qcow2 disk.raw images/disk.qcow2
mount -t tmpfs -o size=16k tmpfs small
dd if=/dev/zero of=small/fill bs=1k count=12 status=none
"$VDISKFS" mount -o "debug,log=$TMP/small/log" images mnt || fail "mount"
# Each of these is worth a line of the log.
for i in $(seq 300); do
  printf 'QFI\xfb\0\0\0\3%s' "$i" >"images/bad-$i.qcow2"
done
sleep 1
ls -l mnt >/dev/null
fill=$(df --output=avail small | tail -n 1)
dd if=/dev/zero of=small/more bs=1k status=none 2>/dev/null || true
for i in 1 2 3; do
  touch images/*
  sleep 1
  timeout 20 ls -l mnt >/dev/null || fail "the mount hangs"
done
timeout 20 cmp mnt/disk.qcow2.raw disk.raw || fail "the mount does not serve ($fill KiB were left)"
