#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# With cache=none every read comes to the server, and is right.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images
random_file disk.raw 3000320
qemu-img convert -f raw -O qcow2 disk.raw images/disk.qcow2
mount_folder images cache=none
disk=$MNT/disk.qcow2.raw
same_content "$disk" disk.raw
expect "md5sum" "$(md5sum <disk.raw)" "$(md5sum <"$disk")"
dd if="$disk" of=ours bs=777 skip=1000 count=2000 status=none
dd if=disk.raw of=theirs bs=777 skip=1000 count=2000 status=none
same_content ours theirs
python3 -c '
import mmap, sys
with open(sys.argv[1], "rb") as a, open(sys.argv[2], "rb") as b:
    assert mmap.mmap(a.fileno(), 0, prot=mmap.PROT_READ)[:] == b.read()
' "$disk" disk.raw || fail "mmap"
