#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Maps that lead guest data to the image's own tables (CVE-2014-0145 and others), or past the end of
# the file: a write never changes a table, and makes no file of a terabyte.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images
qemu-img create -q -f qcow2 base.qcow2 1M
qemu-io -f qcow2 -c 'write -P 1 0 1M' base.qcow2 >out
python3 - <<'END'
import struct
image = open("base.qcow2", "rb").read()
l1 = struct.unpack(">Q", image[40:48])[0]
refcounts = struct.unpack(">Q", image[48:56])[0]
l2 = struct.unpack(">Q", image[l1:l1 + 8])[0] & ((1 << 56) - 512)
block = struct.unpack(">Q", image[refcounts:refcounts + 8])[0]
places = {"header": 0, "l1": l1, "l2": l2, "table": refcounts, "block": block, "past": 1 << 40}
for name, place in places.items():
    with open(f"images/{name}.qcow2", "wb") as file:
        file.write(image)
        file.seek(l2)
        file.write(struct.pack(">Q", 1 << 63 | place))
END
mount_folder images
for name in header l1 l2 table block past; do
  disk=$MNT/$name.qcow2.raw
  head -c 65536 "$disk" >got 2>said || true
  printf changed | dd of="$disk" conv=notrunc,fsync status=none 2>>said || true
done
unmount_folder
[ "$(stat -c %s images/past.qcow2)" -lt 2000000 ] || fail "past: the file has grown to $(stat -c %s images/past.qcow2)"
for name in header l1 l2 table block; do
  python3 - base.qcow2 "images/$name.qcow2" <<'END' || fail "$name: a table was changed"
import struct, sys
before, after = (open(name, "rb").read() for name in sys.argv[1:])
l1, refcounts = (struct.unpack(">Q", before[at:at + 8])[0] for at in (40, 48))
l2 = struct.unpack(">Q", before[l1:l1 + 8])[0] & ((1 << 56) - 512)
block = struct.unpack(">Q", before[refcounts:refcounts + 8])[0]
for start in (0, l1, refcounts, block):
    assert b"changed" not in after[start:start + 65536], hex(start)
assert after[l2 + 16:l2 + 65536] == before[l2 + 16:l2 + 65536]
assert b"changed" not in after[l2:l2 + 65536]
END
done
