#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A bad table entry spoils its own range with EIO; the rest stays readable.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images
random_file disk.raw 4194304
qemu-img convert -f raw -O qcow2 disk.raw images/disk.qcow2
# Entry 16 of the only L2 table, guest bytes 1 MiB to 1 MiB + 64 KiB, points into the middle of a cluster.
python3 -c '
import struct, sys
with open(sys.argv[1], "r+b") as f:
    f.seek(40)
    f.seek(struct.unpack(">Q", f.read(8))[0])
    l2 = struct.unpack(">Q", f.read(8))[0] & ~(1 << 63)
    f.seek(l2 + 16 * 8)
    f.write(struct.pack(">Q", 1 << 63 | 0x200))' images/disk.qcow2
mount_folder images
disk=$MNT/disk.qcow2.raw

expect "size" 4194304 "$(stat -c %s "$disk")"
cmp -n 1048576 "$disk" disk.raw || fail "before the bad entry"
cmp -i 1114112 "$disk" disk.raw || fail "after the bad entry"
fails_with 1 "Input/output error" dd if="$disk" of=/dev/null bs=4k skip=256 count=1 status=none
fails_with 1 "Input/output error" cat "$disk"
cmp -n 1048576 "$disk" disk.raw || fail "after the error"
