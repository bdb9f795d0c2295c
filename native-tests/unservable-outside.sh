#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What an image names must lie inside the folder, unless an option allows it.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images outside images/sub
random_file disk.raw 1048576
cp disk.raw outside/base.raw
cp disk.raw images/base.raw
ln -s ../outside/base.raw images/link.raw
overlay() { qemu-img create -q -u -f qcow2 -b "$2" -F raw "images/$1" 1M; }
overlay inside.qcow2 base.raw
overlay sub/up.qcow2 ../base.raw
overlay up.qcow2 ../outside/base.raw
overlay absolute.qcow2 "$TMP/outside/base.raw"
overlay link.qcow2 link.raw
overlay passwd.qcow2 /etc/passwd
overlay proc.qcow2 /proc/self/environ
overlay protocol.qcow2 "json:{\"driver\":\"file\",\"filename\":\"$TMP/outside/base.raw\"}"
overlay network.qcow2 "nbd://127.0.0.1/disk"
qemu-img create -q -f qcow2 -o data_file="$TMP/outside/data.bin" images/data.qcow2 1M
printf '# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=ffffffff\ncreateType="monolithicFlat"\nRW 2 FLAT "%s" 0\n' \
  /etc/passwd >images/extent.vmdk

check() { # ERRNO NAME...
  local want=$1 names=("${@:2}") got i
  mapfile -t got < <(cd "$MNT" && open_errors "${names[@]/%/.raw}")
  for i in "${!names[@]}"; do expect "${names[i]}" "$want" "${got[i]}"; done
}
hostile=(passwd.qcow2 proc.qcow2 protocol.qcow2 network.qcow2 extent.vmdk)
mount_folder images
check OK inside.qcow2 sub/up.qcow2
check EACCES up.qcow2 absolute.qcow2 link.qcow2 data.qcow2 "${hostile[@]}"
unmount_folder
mount_folder images backing_dir="$TMP/outside"
check OK inside.qcow2 up.qcow2 absolute.qcow2 data.qcow2
check EACCES link.qcow2 "${hostile[@]}"
same_content "$MNT/absolute.qcow2.raw" disk.raw
unmount_folder
mount_folder images backing=none
check EACCES inside.qcow2 sub/up.qcow2 up.qcow2 absolute.qcow2 data.qcow2 "${hostile[@]}"
unmount_folder
mount_folder images backing=any
check OK inside.qcow2 up.qcow2 absolute.qcow2 link.qcow2 data.qcow2 passwd.qcow2
check EACCES protocol.qcow2 network.qcow2
