#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `vdiskfs create` makes with the same options what `qemu-img create` makes: valid, alike in what
# info says, and good for writing by QEMU and through a mount.
. "$(dirname "$0")/functions.sh"
. "$TESTS/writing.sh"

requires fuse qemu

# facts IMAGE FORMAT: what qemu-img info says and two images can have in common.
facts() {
  qemu-img info --output=json -f "$2" "$1" | python3 -c '
import json, sys
data = json.load(sys.stdin)
special = data.get("format-specific", {}).get("data", {})
for name in ("cid", "parent-cid", "extents", "data-file"):
    special.pop(name, None)
names = ("virtual-size", "cluster-size", "backing-filename", "backing-filename-format", "format")
print({name: data.get(name) for name in names}, special)'
}

mkdir images theirs
cd images
qemu-img create -q -f qcow2 base.qcow2 5M
cp base.qcow2 ../theirs/
# Format, size and options of each image.
kinds=(
  "qcow2 8M" "qcow2 8M -o cluster_size=512" "qcow2 8M -o cluster_size=2M,refcount_bits=1"
  "qcow2 8M -o refcount_bits=64,lazy_refcounts=on" "qcow2 8M -o compat=0.10"
  "qcow2 8M -o extended_l2=on,cluster_size=64k" "qcow2 8M -o preallocation=metadata"
  "qcow2 8M -o compression_type=zstd" "qcow2 8M -b base.qcow2 -F qcow2"
  "qcow2 1000000K" "qcow 8M" "vdi 8M" "vdi 8M -o static=on" "vmdk 8M"
  "vmdk 8M -o subformat=monolithicFlat" "vmdk 8M -o subformat=twoGbMaxExtentSparse"
  "vmdk 8M -o subformat=twoGbMaxExtentFlat" "vpc 8M -o force_size=on"
  "vpc 8M -o subformat=fixed,force_size=on" "raw 8M"
)
for i in "${!kinds[@]}"; do
  read -r format size options <<<"${kinds[i]}"
  extension=${format/vpc/vhd}
  image=disk$i.$extension
  # shellcheck disable=SC2086 # the options are words
  "$VDISKFS" create -f "$format" $options "$image" "$size" || fail "create ${kinds[i]}"
  # shellcheck disable=SC2086
  (cd ../theirs && qemu-img create -q -f "$format" $options "$image" "$size")
  expect "facts of ${kinds[i]}" "$(cd ../theirs && facts "$image" "$format")" "$(facts "$image" "$format")"
  status=0
  qemu-img check -q -f "$format" "$image" >check.out 2>&1 || status=$?
  case $status in 0 | 63) ;; *) fail "${kinds[i]}: $(cat check.out)" ;; esac
  qemu-io -f "$format" -c "write -P 5 1M 100k" "$image" >/dev/null || fail "QEMU cannot write ${kinds[i]}"
done
"$VDISKFS" create -f qcow2 -o data_file=guest.data,data_file_raw=on data.qcow2 8M
qemu-io -f qcow2 -c "write -P 5 1M 100k" data.qcow2 >/dev/null || fail "QEMU cannot write data.qcow2"
"$VDISKFS" create -f qcow2 -b base.qcow2 -F qcow2 sized.qcow2 || fail "the size is the backing file's"
expect_match "size" "'virtual-size': 5242880," "$(facts sized.qcow2 qcow2)"

fails_with 1 "exist" "$VDISKFS" create -f qcow2 disk0.qcow2 1M
fails_with 1 "cluster_size" "$VDISKFS" create -f qcow2 -o cluster_size=1000 new.qcow2 1M
fails_with 1 "wrong" "$VDISKFS" create -f vdi -o wrong=1 new.vdi 1M
fails_with 1 "ext4" "$VDISKFS" create -f ext4 new.ext4 1M
[ -z "$(find . -name 'new.*')" ] || fail "a failed create leaves a file"
cd "$TMP"
mount_folder images
for i in "${!kinds[@]}"; do
  read -r format _ <<<"${kinds[i]}"
  disk=$MNT/disk$i.${format/vpc/vhd}.raw
  expect "bytes QEMU wrote to ${kinds[i]}" 102400 "$(tr -dc '\005' <"$disk" | wc -c)"
done
