#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Mounts one partition of a disk read-only, for as long as you like.
. "$(dirname "$0")/functions.sh"

if [ $# != 3 ] || [ -n "${HELP:-}" ]; then
  usage "Usage: mount-partition.sh DISK NUMBER FOLDER
Mounts partition NUMBER of DISK, a raw file in a mount of vdiskfs, read-only on FOLDER. 'umount FOLDER'
ends it, and the loop device with it. Needs root.
The kernel reads what the guest has written: do this with guests that you trust.
Example: vdiskfs mount examples/images /mnt; mount-partition.sh /mnt/guest.vdi.raw 1 /media"
fi
needs blkid mount
DISK=$1 number=$2 folder=$3

[ -f "$DISK" ] || die "$DISK: no such file"
part "$number"
mount -o "loop,$(careful_options "$PART")" "$PART" "$folder"
