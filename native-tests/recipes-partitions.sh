#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The recipes for what is on a disk: its ext4 grows with it, files are pulled out of ext4 and NTFS, a
# partition is mounted read-only.
. "$(dirname "$0")/functions.sh"
. "$TESTS/writing.sh"

requires root fuse loop qemu sfdisk mkfs.ext4 mkntfs ntfs-3g partx

run() { "$ROOT/examples/$1" "${@:2}" || fail "$*"; }

# part FILE START SIZE COMMAND...: runs a command on a loop device over a part of a file.
part() {
  local loop
  loop=$(losetup --find --show --offset $(($2 << 20)) --sizelimit $(($3 << 20)) "$1")
  "${@:4}" "$loop" >part.out 2>&1 || fail "${*:4}: $(tail -n 3 part.out)"
  losetup --detach "$loop"
}
fill_ntfs() { mkntfs -q -F -Q "$1" && mkdir -p ntfs && ntfs-3g "$1" ntfs && cp -r tree ntfs/ && umount ntfs; }

mkdir images
make_tree tree
for label in gpt dos; do
  truncate -s 160M $label.raw
  printf 'label: %s\nstart=2048, size=63M\nstart=65M, size=32M\n' $label | sfdisk -q $label.raw
  part $label.raw 1 63 fill_ntfs
  part $label.raw 65 32 mkfs.ext4 -q -d tree
done
qemu-img convert -O qcow2 gpt.raw images/gpt.qcow2
qemu-img convert -O vdi dos.raw images/dos.vdi

for image in gpt.qcow2 dos.vdi; do
  mkdir from
  run pull-files.sh images/$image 1 from tree/folder1
  diff -r tree/folder1 from/tree/folder1 || fail "$image: files from NTFS"
  run pull-files.sh images/$image 2 from folder2 folder3
  diff -r tree/folder2 from/folder2 || fail "$image: files from ext4"
  rm -r from

  run grow-disk.sh images/$image 320M 2
  sound images/$image
done

mkdir part
mount_folder images
for image in gpt.qcow2 dos.vdi; do
  run mount-partition.sh "$MNT/$image.raw" 2 part
  diff -r -x lost+found tree part || fail "$image: files after growing"
  [ "$(df --output=size -BM part | tail -n 1 | tr -d M)" -gt 200 ] || fail "$image: the ext4 has not grown"
  fails_with 1 "Read-only" touch part/new
  umount part
done
expect "loop devices that are left" "" "$(losetup -l -n -O NAME,BACK-FILE | grep -F "$TMP/" || true)"
