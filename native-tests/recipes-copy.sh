#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The recipes that copy disks: between a volume (here a loop device) and an image, from each format to
# each other, and clones.
. "$(dirname "$0")/functions.sh"
. "$TESTS/writing.sh"

requires root fuse loop qemu

run() { "$ROOT/examples/$1" "${@:2}" || fail "$*"; }

mkdir images
cp "$ROOT"/examples/images/guest.qcow2 "$ROOT"/examples/images/overlay.qcow2 images
qemu-img convert -O raw images/overlay.qcow2 disk.raw

random_file volume 4194304
loop=$(losetup --find --show volume)
run copy-to-block-device.sh images/overlay.qcow2 "$loop"
for format in qcow2 vhd; do
  run block-device-to-image.sh "$loop" images/volume.$format
done
losetup --detach "$loop"
cmp -n 1048576 disk.raw volume || fail "the volume is not what the image is"
for format in qcow2 vhd; do
  sound images/volume.$format
  holds images/volume.$format volume
done
fails_with 1 "not a block device" "$ROOT/examples/block-device-to-image.sh" volume images/other.qcow2

# A round through the formats.
from=images/overlay.qcow2
for format in vdi vmdk vhd qcow2; do
  run convert-image.sh $from images/copy.$format
  from=images/copy.$format
  sound $from
  holds $from disk.raw
done
fails_with 1 "exists already" "$ROOT/examples/convert-image.sh" images/guest.qcow2 images/copy.vdi

run clone-disk.sh images/overlay.qcow2 images/alone.qcow2
run clone-disk.sh images/overlay.qcow2 images/linked.qcow2 linked
for clone in alone linked; do
  sound images/$clone.qcow2
  holds images/$clone.qcow2 disk.raw
done
mkdir elsewhere
mv images/alone.qcow2 elsewhere # away from what it was based on
holds elsewhere/alone.qcow2 disk.raw
expect "clusters of the linked clone" 0 "$(qemu-img map --output=json images/linked.qcow2 |
  grep -c '"depth": 0, "present": true')"
