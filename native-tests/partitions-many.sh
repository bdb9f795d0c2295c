#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Tables with 0, 1, 4, 9 logical and 128 partitions; a file system without a table has no folder.
. "$(dirname "$0")/functions.sh"
. "$TESTS/partitions.sh"

requires fuse qemu sfdisk sgdisk mkfs.ext4 mkfs.vfat mkfs.ntfs

mkdir images
marked_disk plain.raw 24
# table NAME FORMAT: an image of the disk that sfdisk makes of its input.
table() {
  cp plain.raw disk.raw
  sfdisk -q --wipe never disk.raw
  qemu-img convert -f raw -O "${2/vhd/vpc}" disk.raw "images/$1.$2"
}

echo "label: dos" | table none qcow2
echo "label: gpt" | table nothing vdi
echo "2048,2048" | table one vmdk
printf '%s,2048\n' 2048 4096 6144 8192 | table four vhd
{
  echo "2048,,5"
  for _ in {1..9}; do echo ",1024"; done
} | table logical qcow2
cp plain.raw disk.raw
arguments=()
for i in {1..128}; do arguments+=(-n "$i:$((2048 + i * 64)):+32K"); done
sgdisk -Z -a 1 "${arguments[@]}" disk.raw >/dev/null 2>&1
qemu-img convert -f raw -O qcow2 disk.raw images/many.qcow2
for system in "ext4 -q" "vfat" "ntfs -q -F"; do
  truncate -s 16M disk.raw
  # shellcheck disable=SC2086 # name and options
  mkfs.${system%% *} ${system#"${system%% *}"} disk.raw >/dev/null 2>&1
  qemu-img convert -f raw -O qcow2 disk.raw "images/${system%% *}.qcow2"
  rm disk.raw
done

mount_folder images
for image in none.qcow2 nothing.vdi one.vmdk four.vhd logical.qcow2 many.qcow2; do
  same_partitions $image
done
expect "files of 128 partitions" 128 "$(find "$MNT/many.qcow2.parts" -type f | wc -l)"
expect "logical ones" "p1.raw p10.raw p11.raw p12.raw p13.raw p5.raw p6.raw p7.raw p8.raw p9.raw" \
  "$(cd "$MNT/logical.qcow2.parts" && echo *)"
expect "folders" "four.vhd.parts logical.qcow2.parts many.qcow2.parts one.vmdk.parts" \
  "$(cd "$MNT" && echo *.parts)"
for image in none.qcow2 nothing.vdi ext4.qcow2 vfat.qcow2 ntfs.qcow2; do
  [ ! -e "$MNT/$image.parts" ] || fail "$image has no partitions, but a folder"
done
