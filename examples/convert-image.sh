#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Copies the disk of an image into a new image of another format.
. "$(dirname "$0")/functions.sh"

if [ $# != 2 ] || [ -n "${HELP:-}" ]; then
  usage "Usage: convert-image.sh IMAGE NEW
Copies the disk in IMAGE into the image NEW, whose extension names its format: .qcow2, .qcow, .vdi,
.vmdk, .vhd or .raw. Holes stay holes; backing files are copied in, so that NEW stands alone.
Example: convert-image.sh examples/images/overlay.qcow2 /tmp/guest.vmdk"
fi
needs cmp cp
image=$1 new=$2

mount_image "$image" rw
new_image "$new"
cp --sparse=always "$DISK" "$NEW"
sync "$NEW"
cmp "$DISK" "$NEW" || die "$new differs from $image"
echo "$image: copied to $new and compared"
