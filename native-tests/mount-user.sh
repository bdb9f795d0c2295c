#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An ordinary user mounts; others, and root, see nothing of it.
. "$(dirname "$0")/functions.sh"

requires root fuse qemu setpriv

chmod 755 "$TMP"
mkdir images mnt
random_file disk.raw 1048576
qemu-img convert -f raw -O qcow2 disk.raw images/disk.qcow2
chown -R 65534:65534 images mnt
touch log said
chown 65534:65534 log said
user() { setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/tmp "$@"; }
if ! user test -w /dev/fuse; then fail "an ordinary user may not use /dev/fuse"; fi
user test -x "$ROOT" || cp "$ROOT/target/vdiskfs.jar" .
# shellcheck disable=SC2016 # the inner shell expands
user bash -c 'exec "$VDISKFS" mount -o "log=$TMP/log" images mnt' || fail "mount as a user"
user cmp mnt/disk.qcow2.raw disk.raw || fail "content"
if ls mnt >/dev/null 2>&1; then fail "root sees a user's mount without allow_other"; fi
user "$VDISKFS" umount mnt || fail "umount as a user"
