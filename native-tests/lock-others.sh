#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Programs that take no locks: a plain writer is found by a lease, VMware by its folder of locks.
. "$(dirname "$0")/functions.sh"
. "$TESTS/locking.sh"

requires root fuse qemu getfattr

mkdir images
sparse_disk disk.raw
cp disk.raw images/disk.raw
qemu-img convert -f raw -O vmdk disk.raw images/disk.vmdk
mount_folder images

exec 7<>images/disk.raw
expect "a writer beside a plain writer" EBUSY "$(open_result "$MNT/disk.raw.raw" w)"
expect_match "the reason" "in use.*bash $$" "$(error_of "$MNT/disk.raw.raw")"
grep -q "disk.raw.*cannot be written.*bash $$" log || fail "the log does not name $$"
same_content "$MNT/disk.raw.raw" disk.raw
exec 7>&-
expect "a writer by itself" OK "$(open_result "$MNT/disk.raw.raw" w)"

mkdir images/disk.vmdk.lck
expect "an empty folder of locks" OK "$(open_result "$MNT/disk.vmdk.raw" w)"
touch images/disk.vmdk.lck/M12345.lck
expect "a folder with a lock" EBUSY "$(open_result "$MNT/disk.vmdk.raw" w)"
expect_match "the reason" "VMware.*disk.vmdk.lck" "$(error_of "$MNT/disk.vmdk.raw")"
same_content "$MNT/disk.vmdk.raw" disk.raw
rm images/disk.vmdk.lck/M12345.lck
expect "a lock that has gone" OK "$(open_result "$MNT/disk.vmdk.raw" w)"
