#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The extents of a VMDK stay hidden while the disk is written, here or by another program.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images
for kind in twoGbMaxExtentSparse monolithicFlat; do
  qemu-img create -q -f vmdk -o subformat=$kind images/$kind.vmdk 8M
done
listing=$(printf '%s\n' monolithicFlat.vmdk.raw twoGbMaxExtentSparse.vmdk.raw)
mount_folder images
expect "listing" "$listing" "$(ls "$MNT")"
for kind in twoGbMaxExtentSparse monolithicFlat; do
  exec 5<>"$MNT/$kind.vmdk.raw"
  echo data >&5
  sync "$MNT/$kind.vmdk.raw"
  # A listing is believed for less than a second.
  sleep 1
  expect "listing while $kind is written" "$listing" "$(ls "$MNT")"
  exec 5>&-
  python3 -c '
import fcntl, os, struct, sys, time
fd = os.open(sys.argv[1], os.O_RDWR)
for byte in (100, 101, 103, 201, 203):
    fcntl.fcntl(fd, 37, struct.pack("hhqqi4x", fcntl.F_RDLCK, 0, byte, 1, 0))
os.utime(fd)
print("locked", flush=True)
time.sleep(60)' images/$kind.vmdk >locked &
  holder=$!
  within 5 grep -q locked locked || fail "the image cannot be locked"
  sleep 1
  expect "listing while another program has $kind" "$listing" "$(ls "$MNT")"
  kill $holder
  : >locked
done
