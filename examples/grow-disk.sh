#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes a guest's disk larger, and the partition and the ext4 at its end with it.
. "$(dirname "$0")/functions.sh"

if [ $# != 3 ] || [ -n "${HELP:-}" ]; then
  usage "Usage: grow-disk.sh IMAGE SIZE NUMBER
Makes the disk in IMAGE (qcow2, VDI, raw) SIZE large, such as 20G, then partition NUMBER up to the
end of the disk (0: the file system has no partition), then its ext2, ext3 or ext4. The guest must be
shut down. Keep a copy.
Example: grow-disk.sh /var/lib/images/guest.qcow2 20G 1"
fi
needs e2fsck losetup numfmt partx resize2fs sfdisk truncate
image=$1 size=$(numfmt --from=iec "$2") number=$3

mount_image "$image" rw
[ "$size" -gt "$(stat -c %s "$DISK")" ] || die "the disk has $(stat -c %s "$DISK") bytes already"
partition "$number"
truncate -s "$size" "$DISK"
if [ "$number" != 0 ]; then
  # A GPT says where its disk ends; without that word sfdisk takes the new end.
  sfdisk --dump "$DISK" | sed '/^last-lba:/d' | sfdisk --quiet --force "$DISK"
  echo ", +" | sfdisk --quiet --force -N "$number" "$DISK"
fi
attach "$number"
e2fsck -fp "$LOOP" || [ $? = 1 ] || die "the file system has errors: e2fsck $LOOP"
resize2fs "$LOOP"
sync "$DISK"
