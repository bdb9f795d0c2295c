#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A disk of 64 TiB is listed, sought and copied in no time.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

python3 "$TESTS/make_others.py" huge images
mount_folder images
disk=$MNT/huge-65536.qcow2.raw
expect "size" $((64 << 40)) "$(stat -c %s "$disk")"
expect "runs of data" "$(printf '%s\n' "0 131072" "$((33 << 40)) $(((33 << 40) + (1 << 20)))" \
  "$(((64 << 40) - 65536)) $((64 << 40))")" "$(timeout 20 python3 "$TESTS/holes.py" "$disk")"
# No file of this size fits most file systems: look at the archive instead.
timeout 60 tar -C "$MNT" -S -cf huge.tar huge-65536.qcow2.raw || fail "tar -S"
[ "$(stat -c %s huge.tar)" -lt 4000000 ] || fail "the archive is not sparse"
