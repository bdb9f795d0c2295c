# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What the tests of partitions share, on top of functions.sh.

# same_partitions IMAGE: the files in $MNT/IMAGE.parts are the ranges that sfdisk finds on QEMU's raw
# conversion of images/IMAGE.
same_partitions() {
  local image=images/$1 format=${1##*.}
  qemu-img convert -f "${format/vhd/vpc}" -O raw "$image" "$TMP/converted.raw"
  { sfdisk --json "$TMP/converted.raw" 2>/dev/null || echo '{"partitiontable": {}}'; } |
    python3 "$TESTS/parts.py" "$TMP/converted.raw" "$MNT/$1.parts" || fail "partitions of $1"
  rm "$TMP/converted.raw"
}

# marked_disk PATH MIB: a raw disk on which every 512 bytes tell where they are.
marked_disk() {
  python3 -c '
import sys
with open(sys.argv[1], "wb") as f:
    for mib in range(int(sys.argv[2])):
        f.write(b"".join(b"%-512d" % (mib * 2048 + i) for i in range(2048)))' "$1" "$2"
}

# as_images RAW NAME: the disk as an image of each format.
as_images() {
  local format
  mkdir -p images
  for format in qcow2 vdi vmdk; do
    qemu-img convert -f raw -O $format "$1" "images/$2.$format"
  done
  # Else the disk is a little larger, and a GPT not at its end.
  qemu-img convert -f raw -O vpc -o force_size=on "$1" "images/$2.vhd"
  cp --sparse=always "$1" "images/$2.raw"
}
