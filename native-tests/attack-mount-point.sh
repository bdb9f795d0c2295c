#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A mount that would look at itself waits for itself: refused at the start, or never opened.
. "$(dirname "$0")/functions.sh"
. "$TESTS/attacks.sh"

requires root fuse qemu getfattr

mkdir -p images/sub above/images mnt other
ln -s "$TMP/images" source-link
ln -s "$TMP/images/sub" point-link
random_file images/disk.raw 1048576
apart='lie in one another'
fails_with 1 "$apart" "$VDISKFS" mount images images/sub
fails_with 1 . "$VDISKFS" mount images images
fails_with 1 "$apart" "$VDISKFS" mount source-link images/sub
fails_with 1 "$apart" "$VDISKFS" mount images point-link
cp images/disk.raw above/images
fails_with 1 . "$VDISKFS" mount above/images above
mkdir bind
mount --bind images bind
fails_with 1 "$apart" "$VDISKFS" mount images bind/sub
fails_with 1 "$apart" "$VDISKFS" mount bind images/sub
umount bind

# Files of the mount itself, by a link, and by name where images may name everything.
ln -s "$TMP/mnt/disk.raw.raw" images/itself.raw
ln -s "$TMP/mnt" images/folder
overlay own.qcow2 "$TMP/mnt/disk.raw.raw"
overlay linked.qcow2 itself.raw
for options in threads=1 backing_dir=$TMP,threads=1 backing=any,threads=1; do
  mount_folder images "$options"
  timeout 10 ls -lR "$MNT" >ls.out || fail "$options: no listing"
  for name in own.qcow2 linked.qcow2; do
    got=$(timeout -s KILL 10 python3 -c 'import sys; open(sys.argv[1], "rb").read(512)' "$MNT/$name.raw" 2>&1) &&
      fail "$options: $name is served"
    expect_match "$options: $name" "Error" "$got"
  done
  same_content "$MNT/disk.raw.raw" images/disk.raw
  unmount_folder
done
