#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A link to the command is the helper that mount(8) calls, with its words and its exit codes.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images mnt
qemu-img create -q -f qcow2 images/disk.qcow2 1M
helper=$TMP/mount.fuse.vdiskfs
ln -s "$VDISKFS" "$helper"

"$helper" images mnt -sfnv -o rw -t fuse.vdiskfs || fail "not even pretended"
[ ! -e mnt/disk.qcow2.raw ] || fail "-f has mounted"
"$helper" images mnt -s -n -v -o rw,noexec,nosuid,nodev,user=guest,x-systemd.automount \
  -o "ro,log=$TMP/log" -t fuse.vdiskfs || fail "not mounted"
expect "mode" "Read-only file system" "$(dd if=/dev/zero of=mnt/disk.qcow2.raw count=1 conv=notrunc 2>&1 | sed -n 's/.*raw.: //p')"
fails_with 32 "mounted there already" "$helper" images mnt -o rw
MNT=$TMP/mnt
unmount_folder

fails_with 32 "no such file" "$helper" nowhere mnt -o ro
fails_with 1 "unknown mount option 'nonsense'" "$helper" images mnt -o nonsense
fails_with 1 "namespace" "$helper" images mnt -N /proc/1/ns/mnt
fails_with 1 "use: mount" "$helper" images
fails_with 1 "" "$helper" images mnt -q
