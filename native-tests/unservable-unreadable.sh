#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Images and folders that an ordinary user may not read: listed with the reason, no harm to others.
# Whatever this machine's rights on /dev/fuse: the test has a namespace with the usual ones.
. "$(dirname "$0")/namespace.sh"
. "$(dirname "$0")/functions.sh"

requires root fuse qemu setpriv
mknod -m 666 fuse c 10 229
mount --bind fuse /dev/fuse
chmod 755 "$TMP"
mkdir -p images/closed mnt app/target
# The user may not be allowed into the project's folder.
cp "$VDISKFS" app
cp "$(dirname "$VDISKFS")/target/vdiskfs.jar" app/target
sparse_disk images/open.raw
cp images/open.raw images/a.raw
cp images/open.raw images/b.img
cp images/open.raw images/no-image.txt
qemu-img convert -f raw -O qcow2 images/open.raw images/c.qcow2
touch log
chown -R 65534:65534 mnt log
chmod 000 images/{a.raw,b.img,c.qcow2,no-image.txt}
chmod 700 images/closed

user() { setpriv --reuid=65534 --regid=65534 --clear-groups env HOME=/tmp "$@"; }
user app/vdiskfs ls images >listing || fail "ls"
expect "lines of ls" 5 "$(wc -l <listing)"
expect_match "ls" "c.qcow2 +qcow2 .*c.qcow2: permission denied" "$(cat listing)"
fails_with 1 '^vdiskfs: .*images/c.qcow2: permission denied$' user app/vdiskfs info images/c.qcow2
user app/vdiskfs mount -o "log=$TMP/log" images mnt || fail "mount"
expect "the mount" "---------- 0 a.raw.raw
---------- 0 b.img.raw
---------- 0 c.qcow2.raw
-rw-r--r-- 8388608 open.raw.raw" "$(user stat -c '%A %s %n' mnt/{a.raw,b.img,c.qcow2,open.raw}.raw | sed 's|mnt/||')"
expect "warnings" 3 "$(grep -c 'WARN.*cannot be served.*: permission denied' log)"
expect "open" 13 "$(user python3 -c '
import os
try: os.open("mnt/c.qcow2.raw", os.O_RDONLY)
except OSError as e: print(e.errno)')"
chmod 644 images/a.raw
within 3 user cmp images/a.raw mnt/a.raw.raw || fail "an image that may be read now is not served"
user app/vdiskfs umount mnt || fail "umount"
