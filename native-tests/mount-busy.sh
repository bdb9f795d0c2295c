#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A mount in use is not taken away, says who uses it, and goes on.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images
random_file disk.raw 1048576
qemu-img convert -f raw -O qcow2 disk.raw images/disk.qcow2
mount_folder images
exec 5<"$MNT/disk.qcow2.raw"
fails_with 1 "use|busy" "$VDISKFS" umount "$MNT"
same_content "$MNT/disk.qcow2.raw" disk.raw
cmp - disk.raw <&5 || fail "the open file does not read any more"
exec 5<&-
"$VDISKFS" umount "$MNT" || fail "umount of an idle mount"
