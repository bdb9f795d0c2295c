#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The sample images hold the guest that their MAKE file describes.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

cp -r "$ROOT/examples/images" images
mount_folder images
expect "images" "guest-zstd.qcow2.raw guest.qcow.raw guest.qcow2.raw guest.vdi.raw guest.vhd.raw guest.vmdk.raw overlay.qcow2.raw" \
  "$(find "$MNT" -maxdepth 1 -type f -printf '%f\n' | sort | xargs)"
for name in guest-zstd.qcow2 guest.qcow guest.vdi guest.vhd guest.vmdk; do
  same_content "$MNT/$name.raw" "$MNT/guest.qcow2.raw"
done
mkdir again
(cd again && ../images/MAKE)
expect "files that MAKE makes" "$(cd again && echo *)" "$(cd images && echo g* o*)"
qemu-img info again/guest.vmdk >/dev/null
