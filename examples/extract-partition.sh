#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Copies one partition of a disk image into a file of its own.
. "$(dirname "$0")/functions.sh"

if [ $# != 3 ] || [ -n "${HELP:-}" ]; then
  usage "Usage: extract-partition.sh IMAGE NUMBER FILE
Copies partition NUMBER of the disk in IMAGE into FILE, which keeps the holes.
Example: extract-partition.sh examples/images/guest.vmdk 1 /tmp/root.raw"
fi
needs dd partx
image=$1 number=$2 file=$3

[ ! -e "$file" ] || die "$file exists already"
mount_image "$image"
partition "$number"
dd if="$DISK" of="$file" bs=1M iflag=skip_bytes,count_bytes skip="$START" count="$SIZE" \
  conv=sparse status=none
truncate -s "$SIZE" "$file"
echo "$image: partition $number, $SIZE bytes from byte $START on, is now $file"
