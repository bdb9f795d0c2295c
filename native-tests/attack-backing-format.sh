#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A backing file without a recorded format is taken for what its name says: a raw disk into which a
# guest wrote a header that names a file of the host stays raw (CVE-2010-2237, CVE-2015-7548).
. "$(dirname "$0")/functions.sh"
. "$TESTS/attacks.sh"

requires root fuse qemu getfattr

mkdir images
random_file secret 1048576

# unrecorded NAME BACKING: an overlay that says nothing about its backing file's format.
unrecorded() {
  overlay "$1" "$2"
  python3 - "images/$1" <<'END'
import struct, sys
image = bytearray(open(sys.argv[1], "rb").read())
at = image.index(struct.pack(">I", 0xE2792ACA))
image[at:at + 4] = b"\0\0\0\1"
open(sys.argv[1], "wb").write(image)
END
  qemu-img info -U --output=json "images/$1" | grep -q backing-filename-format && fail "recorded"
  return 0
}

qemu-img create -q -u -f qcow2 -b "$TMP/secret" -F raw evil.qcow2 1M
for name in guest.raw guest.img guest plain.qcow2; do cp evil.qcow2 "images/$name"; done
unrecorded raw.qcow2 guest.raw
unrecorded img.qcow2 guest.img
unrecorded bare.qcow2 guest
unrecorded known.qcow2 plain.qcow2
# What is recorded rules: these bytes are a disk's.
overlay recorded.qcow2 guest.img raw

watch secret
mount_folder images
size=$(stat -c %s evil.qcow2)
for name in raw recorded; do
  head -c "$size" "$MNT/$name.qcow2.raw" | cmp - evil.qcow2 || fail "$name.qcow2: the backing file is not raw"
done
for name in img bare; do
  [ "$(open_errors "$MNT/$name.qcow2.raw")" = EACCES ] || fail "$name.qcow2: $(open_errors "$MNT/$name.qcow2.raw")"
done
refused known.qcow2 EACCES "secret.*-o backing_dir=DIR or -o backing=any"
same_content "$MNT/guest.raw.raw" evil.qcow2
for name in images/*; do "$VDISKFS" info "$name" >info.out 2>&1 || true; done
unmount_folder
unopened
