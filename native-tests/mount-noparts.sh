#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Folders of partitions and snapshots give way to real ones and to options, and a large folder of
# images is listed as soon as ever.
. "$(dirname "$0")/functions.sh"

requires fuse qemu sfdisk getfattr

mkdir images
truncate -s 4M disk.raw
echo "2048,2048" | sfdisk -q disk.raw
qemu-img convert -f raw -O qcow2 disk.raw images/a.qcow2
qemu-img snapshot -c one images/a.qcow2
names() { (cd "$MNT" && echo *); }

mount_folder images
expect "all" "a.qcow2.parts a.qcow2.raw a.qcow2.snapshots" "$(names)"
expect "mode" "555 644" "$(stat -c %a "$MNT/a.qcow2.parts" "$MNT/a.qcow2.parts/p1.raw" | xargs)"
fails_with 1 "Operation not permitted" mkdir "$MNT/a.qcow2.parts/x"
fails_with 1 "Operation not permitted" rm "$MNT/a.qcow2.parts/p1.raw"
fails_with 1 "Invalid argument" touch "$MNT/a.qcow2.parts/p2.raw"
mkdir images/a.qcow2.parts
within 1.5 test ! -e "$MNT/a.qcow2.parts/p1.raw" || fail "a real folder is hidden"
expect "with a real folder" "a.qcow2.parts a.qcow2.raw a.qcow2.snapshots" "$(names)"
rmdir images/a.qcow2.parts
within 1.5 test -e "$MNT/a.qcow2.parts/p1.raw" || fail "partitions do not come back"
unmount_folder
mount_folder images noparts
expect "noparts" "a.qcow2.raw a.qcow2.snapshots" "$(names)"
[ ! -e "$MNT/a.qcow2.parts" ] || fail "partitions in spite of noparts"
unmount_folder
mount_folder images nosnapshots,noparts
expect "noparts,nosnapshots" "a.qcow2.raw" "$(names)"
unmount_folder

mkdir many
qemu-img convert -f raw -O qcow2 -o cluster_size=512 disk.raw small.qcow2
python3 -c '
image = open("small.qcow2", "rb").read()
for i in range(5000):
    open("many/%04d.qcow2" % i, "wb").write(image)'
mount_folder many
began=$(date +%s%N)
[ "$(find "$MNT" -maxdepth 1 -name '*.raw' -printf . | wc -c)" = 5000 ] || fail "a listing lacks images"
took=$((($(date +%s%N) - began) / 1000000))
[ $took -lt 10000 ] || fail "a folder of 5000 images took $took ms"
[ -e "$MNT/4999.qcow2.parts/p1.raw" ] || fail "the last one has no partitions"
all_listed() { [ "$(find "$MNT" -maxdepth 1 -name '*.parts' -printf . | wc -c)" = 5000 ]; }
within 60 all_listed || fail "folders of partitions are missing in the list"
