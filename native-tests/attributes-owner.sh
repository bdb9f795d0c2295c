#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# uid=, gid= and umask= rule over the image's own; default_permissions is on.
. "$(dirname "$0")/functions.sh"

requires root fuse qemu

mkdir images
qemu-img create -q -f qcow2 images/disk.qcow2 1M
chmod 666 images/disk.qcow2
mount_folder images uid=1234,gid=4321,umask=077
expect "owner and mode" "1234 4321 600" "$(stat -c '%u %g %a' "$MNT/disk.qcow2.raw")"
chmod 755 "$TMP"
status=0
setpriv --reuid=65534 --regid=65534 --clear-groups cat "$MNT/disk.qcow2.raw" >/dev/null 2>said ||
  status=$?
expect "status of a read by another user" 1 $status
expect_match "message" "Permission denied" "$(cat said)"
setpriv --reuid=1234 --regid=4321 --clear-groups cmp -n 1048576 "$MNT/disk.qcow2.raw" /dev/zero ||
  fail "the owner may not read"
