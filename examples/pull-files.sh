#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Copies files out of a guest's partition (ext4, NTFS, XFS, FAT ...) without starting the guest.
. "$(dirname "$0")/functions.sh"

if [ $# -lt 4 ] || [ -n "${HELP:-}" ]; then
  usage "Usage: pull-files.sh IMAGE NUMBER FOLDER PATH...
Copies each PATH, a file or folder of partition NUMBER (0: the whole disk) of the disk in IMAGE, into
FOLDER on this host, below the same path. Needs root, and ntfs-3g for NTFS.
The kernel reads what the guest has written: do this with guests that you trust.
Example: pull-files.sh examples/images/guest.qcow2 1 /tmp hello.txt etc/hostname"
fi
needs blkid cp mount
image=$1 number=$2 folder=$(realpath "$3")
shift 3

[ -d "$folder" ] || die "$folder: no such folder"
mount_image "$image"
part "$number"
mount_guest "$PART"
(cd "$GUEST" && cp -a --parents -- "${@#/}" "$folder")
