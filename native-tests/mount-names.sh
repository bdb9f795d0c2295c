#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Names with blanks, line ends, quotes and UTF-8 are mirrored; so are folders.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir -p "images/a b/ünder" images/empty
names=("with blank.qcow2" $'line\nend.qcow2' "größe-中文.qcow2" "-dash.qcow2" "quote'\".qcow2"
  "a b/x.qcow2" "a b/ünder/y.qcow2" "UPPER.QCOW2" "no.dot.in.qcow2.qcow2")
seed=0
for name in "${names[@]}"; do
  seed=$((seed + 1))
  random_file "$seed.raw" 65536 $seed
  qemu-img convert -f raw -O qcow2 $seed.raw "images/$name"
done
mount_folder images
seed=0
for name in "${names[@]}"; do
  seed=$((seed + 1))
  same_content "$MNT/$name.raw" $seed.raw
done
expect "number of files" ${#names[@]} "$(find "$MNT" -type f -printf x | wc -c)"
[ -d "$MNT/empty" ] || fail "an empty folder is not mirrored"
