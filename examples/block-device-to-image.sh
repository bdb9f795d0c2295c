#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes an image of a block device, such as an LVM volume, and checks what was written.
. "$(dirname "$0")/functions.sh"

if [ $# != 2 ] || [ -n "${HELP:-}" ]; then
  usage "Usage: block-device-to-image.sh DEVICE IMAGE
Copies what DEVICE holds into the new IMAGE, whose extension names the format: .qcow2, .qcow, .vdi,
.vmdk, .vhd or .raw. Blocks of zeroes become holes. Nobody may write to DEVICE meanwhile: take a
snapshot of a volume that is in use (lvcreate -s) and copy that.
Example: block-device-to-image.sh /dev/vg0/guest /var/lib/images/guest.qcow2"
fi
needs blockdev cmp cp
device=$1 image=$2

[ -b "$device" ] || die "$device is not a block device"
new_image "$image"
cp --sparse=always "$device" "$NEW"
# Data and tables are on the host's disk when this returns.
sync "$NEW"
cmp -n "$(blockdev --getsize64 "$device")" "$device" "$NEW" || die "$image differs from $device"
echo "$device: $(blockdev --getsize64 "$device") bytes written to $image and compared"
