#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The list follows the source folder: add, rename, replace, remove, each within a second.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images
qemu-img create -q -f qcow2 images/first.qcow2 1M
mount_folder images
names() { (cd "$MNT" && echo *); }
shows() { [ "$(names)" = "$1" ]; }
is() { cmp -s "$MNT/second.qcow2.raw" "$1"; }

expect "names" first.qcow2.raw "$(names)"
random_file one.raw 1048576 1
random_file two.raw 2097152 2
qemu-img convert -f raw -O qcow2 one.raw images/second.qcow2
within 1.5 shows "first.qcow2.raw second.qcow2.raw" || fail "an added image: $(names)"
is one.raw || fail "the added image's content"
qemu-img convert -f raw -O qcow2 two.raw new
mv new images/second.qcow2
within 1.5 is two.raw || fail "a replaced image is not read anew"
expect "size of the replaced image" 2097152 "$(stat -c %s "$MNT/second.qcow2.raw")"
mv images/first.qcow2 images/third.qcow2
within 1.5 shows "second.qcow2.raw third.qcow2.raw" || fail "a renamed image: $(names)"
mkdir images/sub
mv images/third.qcow2 images/sub
within 1.5 test -f "$MNT/sub/third.qcow2.raw" || fail "an image moved to a new folder"
rm -r images/sub images/second.qcow2
within 1.5 shows "*" || fail "removed images: $(names)"
[ ! -e "$MNT/second.qcow2.raw" ] || fail "a removed image still has attributes"
