#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# vdiskfs map and info print the names of files as the user gave them, as QEMU does.
. "$(dirname "$0")/functions.sh"

requires qemu

mkdir images
qemu-img create -q -f qcow2 images/base.qcow2 4M
qemu-io -f qcow2 -c 'write 0 1M' images/base.qcow2 >out
qemu-img create -q -f qcow2 -b base.qcow2 -F qcow2 images/top.qcow2
qemu-img create -q -f qcow2 -b "$TMP/images/base.qcow2" -F qcow2 images/absolute.qcow2
for name in top absolute; do qemu-io -f qcow2 -c 'write 2M 1M' images/$name.qcow2 >out; done
qemu-img create -q -f vmdk -o subformat=monolithicFlat images/flat.vmdk 1M
random_file images/flat-flat.vmdk 1048576

same() {
  cmp "$1.ours" "$1.theirs" || fail "$1 of $2: $(cat "$1.ours" "$1.theirs")"
}
for image in images/top.qcow2 ./images/top.qcow2 "$TMP/images/top.qcow2" images/absolute.qcow2 \
  images/flat.vmdk; do
  "$VDISKFS" map "$image" | tr -s ' ' >map.ours
  qemu-img map "$image" | tr -s ' ' >map.theirs
  same map "$image"
  for program in "$VDISKFS" qemu-img; do
    "$program" info "$image" | grep -E '^(image|backing file)' >"info.${program##*/}"
  done
  mv info.vdiskfs info.ours && mv info.qemu-img info.theirs
  same info "$image"
done
ln -s images/top.qcow2 link.qcow2
expect "files behind a link" "$TMP/images/base.qcow2 link.qcow2" \
  "$("$VDISKFS" map link.qcow2 | awk 'NR > 1 { print $4 }' | xargs)"
expect "one image" "images/top.qcow2" "$("$VDISKFS" ls images/top.qcow2 | awk 'NR == 2 { print $1 }')"
