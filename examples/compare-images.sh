#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Says whether two disk images, of whatever formats, hold the same disk.
. "$(dirname "$0")/functions.sh"

if [ $# != 2 ] || [ -n "${HELP:-}" ]; then
  usage "Usage: compare-images.sh IMAGE IMAGE
Exit status 0 where both hold the same bytes, 1 where they differ.
Example: compare-images.sh examples/images/guest.qcow2 examples/images/guest.vdi"
fi
needs cmp
first=$1 second=$2

mount_image "$first"
one=$DISK
mount_image "$second"
if ! cmp "$one" "$DISK"; then
  exit 1
fi
echo "$first and $second hold the same disk"
