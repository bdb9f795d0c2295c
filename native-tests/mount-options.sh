#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every mount option of the manual is understood, separately and together.
. "$(dirname "$0")/functions.sh"

requires root fuse qemu

mkdir images other mnt
random_file disk.raw 1048576
qemu-img convert -f raw -O qcow2 disk.raw images/disk.qcow2
all=(rw ro cache=page cache=none backing=confined backing=none backing=any probe=trust
  backing_dir="$TMP/other" force_share allow_other uid=1 gid=2 umask=022 meta_cache=8M
  data_cache=16M threads=2 write_base debug)
help=$("$VDISKFS" mount --help)
for option in "${all[@]}"; do
  expect_match "mount --help" "${option%%=*}" "$help"
done
IFS=,
mount_folder images "${all[*]}"
same_content "$MNT/disk.qcow2.raw" disk.raw
expect "owner and mode" "1 2 644" "$(stat -c '%u %g %a' "$MNT/disk.qcow2.raw")"
unset IFS
unmount_folder
# Several -o add up, as with mount(8).
"$VDISKFS" mount -o ro -o "log=$TMP/log" -o uid=3 images mnt
expect "owner" 3 "$(stat -c %u mnt/disk.qcow2.raw)"
