#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Copies one partition of a disk image into a file of its own.
. "$(dirname "$0")/functions.sh"

if [ $# != 3 ] || [ -n "${HELP:-}" ]; then
  usage "Usage: extract-partition.sh IMAGE NUMBER FILE
Copies partition NUMBER of the disk in IMAGE into FILE, which keeps the holes.
Example: extract-partition.sh examples/images/guest.vmdk 1 /tmp/root.raw"
fi
needs cp
image=$1 number=$2 file=$3

[ ! -e "$file" ] || die "$file exists already"
mount_image "$image"
part "$number"
cp --sparse=always "$PART" "$file"
echo "$image: partition $number, $(stat -c %s "$file") bytes, is now $file"
