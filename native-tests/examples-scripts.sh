#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The examples do what they say, and clean up.
. "$(dirname "$0")/functions.sh"

requires root fuse loop qemu sfdisk mkfs.ext4

cp -r "$ROOT/examples/images" images
# Mounts, without those of tests that run meanwhile.
mounts() { awk -v own="$TMP/" '!/\/vdiskfs-test\./ || index($0, own)' /proc/self/mounts | wc -l; }
before=$(mounts)
run() { "$ROOT/examples/$1" "${@:2}" || fail "$*"; }

for script in "$ROOT"/examples/*-*.sh; do
  expect_match "help of $script" "^Usage: ${script##*/}" "$("$script" --help)"
  fails_with 2 "^Usage: ${script##*/}" "$script"
done

for image in guest.qcow2 overlay.qcow2; do
  expect "a file in $image" "Hello from the guest." "$(run look-inside.sh images/$image 1 cat hello.txt)"
done
expect_match "files" "./etc/hostname" "$(run look-inside.sh images/guest.qcow2 1)"

run extract-partition.sh images/guest.vmdk 1 part.raw
expect "size of the partition" $((1984 * 512)) "$(stat -c %s part.raw)"
e2fsck -fn part.raw >/dev/null 2>&1 || fail "the partition is not what it was"
fails_with 1 "exists already" "$ROOT/examples/extract-partition.sh" images/guest.vmdk 1 part.raw
fails_with 1 "no partition 7" "$ROOT/examples/extract-partition.sh" images/guest.vmdk 7 other.raw

run compare-images.sh images/guest.qcow2 images/guest.vdi
fails_with 1 "" "$ROOT/examples/compare-images.sh" images/guest.qcow2 images/overlay.qcow2
expect_match "what differs" "differ: byte 104[0-9]*" "$(cat stdout)"
fails_with 1 "not an image" "$ROOT/examples/compare-images.sh" images/guest.qcow2 images/MAKE

random_file device.raw 2097152
loop=$(losetup --find --show device.raw)
run copy-to-block-device.sh images/guest.qcow2 "$loop"
losetup -d "$loop"
qemu-img convert -O raw images/guest.qcow2 guest.raw
cmp -n 1048576 device.raw guest.raw || fail "copy-to-block-device.sh"
fails_with 1 "not a block device" "$ROOT/examples/copy-to-block-device.sh" images/guest.qcow2 device.raw
expect "mounts afterwards" "$before" "$(mounts)"
