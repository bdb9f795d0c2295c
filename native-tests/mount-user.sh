#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An ordinary user mounts; others, and root, see nothing of it.
# Whatever this machine's rights on /dev/fuse: the test has a namespace with the usual ones.
. "$(dirname "$0")/namespace.sh"
. "$(dirname "$0")/functions.sh"

requires root fuse qemu setpriv
mknod -m 666 fuse c 10 229
mount --bind fuse /dev/fuse
chmod 755 "$TMP"
mkdir -p images mnt app/target
# The user may not be allowed into the project's folder.
cp "$VDISKFS" app
cp "$(dirname "$VDISKFS")/target/vdiskfs.jar" app/target
random_file disk.raw 1048576
qemu-img convert -f raw -O qcow2 disk.raw images/disk.qcow2
touch log
chown -R 65534:65534 images mnt log

user() { setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/tmp "$@"; }
user app/vdiskfs mount -o "log=$TMP/log" images mnt || fail "mount as a user"
user cmp mnt/disk.qcow2.raw disk.raw || fail "content"
if ls mnt >/dev/null 2>&1; then fail "root sees a user's mount without allow_other"; fi
user app/vdiskfs umount mnt || fail "umount as a user"
