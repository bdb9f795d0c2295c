#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes a disk image onto a block device, such as an LVM volume, and checks what was written.
. "$(dirname "$0")/functions.sh"

if [ $# != 2 ] || [ -n "${HELP:-}" ]; then
  usage "Usage: copy-to-block-device.sh IMAGE DEVICE
Writes the disk in IMAGE (qcow2, VDI, VMDK, VHD, raw) onto DEVICE, which loses what it holds, and
compares both afterwards. Holes of the disk are written as zeroes by the device itself where it can.
Example: copy-to-block-device.sh examples/images/guest.qcow2 /dev/vg0/guest"
fi
needs blockdev blkdiscard cmp dd
image=$1 device=$2

[ -b "$device" ] || die "$device is not a block device"
[ -w "$device" ] || die "$device: you may not write to it"
if grep -q "^$(realpath "$device") " /proc/self/mounts; then die "$device is mounted"; fi
mount_image "$image"
size=$(stat -c %s "$DISK")
room=$(blockdev --getsize64 "$device")
[ "$size" -le "$room" ] || die "the disk has $size bytes, $device only $room"

# A device of zeroes needs only the data. --force: what the device held is lost by intent.
blkdiscard --force --zeroout "$device"
dd if="$DISK" of="$device" bs=1M conv=sparse,notrunc,fsync status=none
cmp -n "$size" "$DISK" "$device" || die "$device does not hold what $image holds"
echo "$image: $size bytes written to $device and compared"
