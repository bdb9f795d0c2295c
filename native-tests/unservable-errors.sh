#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# An image that cannot be served has size 0, mode 0000, its errno and its reason.
. "$(dirname "$0")/functions.sh"

requires fuse qemu getfattr

mkdir images
random_file disk.raw 1048576
qemu-img convert -f raw -O qcow2 disk.raw images/good.qcow2
patched() { # NAME OFFSET BYTES: a copy of the good image with some bytes replaced
  cp images/good.qcow2 "images/$1"
  printf '%b' "$3" | dd of="images/$1" bs=1 seek="$2" conv=notrunc status=none
}
patched feature.qcow2 79 '\x80'
patched crypt.qcow2 32 '\x00\x00\x00\x01'
patched version.qcow2 4 '\x00\x00\x00\x63'
patched cluster.qcow2 20 '\x00\x00\x00\x63'
patched table.qcow2 40 '\x7f\xff\xff\xff\xff\xff\x00\x00'
head -c 60 images/good.qcow2 >images/short.qcow2
qemu-img create -q -u -f qcow2 -b nowhere.qcow2 -F qcow2 images/missing.qcow2 1M
qemu-img create -q -u -f qcow2 -b loop.qcow2 -F qcow2 images/loop.qcow2 1M
mount_folder images

check() {
  expect "size and mode of $1" "0 0" "$(stat -c '%s %a' "$MNT/$1.raw")"
  expect_match "errno of $1" "^($2)$" "$(open_errors "$MNT/$1.raw")"
  error=$(getfattr --absolute-names --only-values -n user.vdiskfs.error "$MNT/$1.raw" 2>&1)
  expect_match "reason for $1" "$1.*$3" "$error"
  grep -qF "$1" log || fail "no line in the log about $1"
}
check feature.qcow2 EOPNOTSUPP "eature"
check crypt.qcow2 EOPNOTSUPP "crypt"
check version.qcow2 EOPNOTSUPP "ersion"
check cluster.qcow2 EIO "cluster"
check short.qcow2 EIO .
check missing.qcow2 EIO "nowhere"
check loop.qcow2 EIO "loop"
# Tables are read when they are needed: here an error is enough, whenever it comes.
fails_with 1 "Input/output error" head -c 1 "$MNT/table.qcow2.raw"
same_content "$MNT/good.qcow2.raw" disk.raw
