#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The base of an image lies on a file system whose server has stopped: whether there are partitions
# in that image, and what it is based on, keeps no listing and no writer of other images waiting.
. "$(dirname "$0")/functions.sh"
. "$TESTS/stalling.sh"

qemu-img create -q -f qcow2 -b stuck/bad1.raw.raw -F raw images/over.qcow2
mount_folder images threads=2
ls -lR "$MNT" >ls.out
stall
# Until the kernel asks the stopped server anew.
sleep 2

askers=()
for i in 1 2 3 4; do
  stat "$MNT/over.qcow2.parts" >/dev/null 2>&1 &
  askers+=($!)
done
timeout 30 ls "$MNT" >ls.out || fail "no listing"
timeout 5 ls "$MNT" >ls.out || fail "a second listing is no better"
grep -q good1.qcow2.raw ls.out || fail "good1 is not listed: $(cat ls.out)"
printf written |
  timeout 20 dd of="$MNT/good1.qcow2.raw" conv=notrunc,fsync status=none || fail "not written"
expect "good1" written "$(timeout 10 head -c 7 "$MNT/good1.qcow2.raw")"

go_on
wait "${askers[@]}" || true
within 20 timeout 10 cmp "$MNT/over.qcow2.raw" disk.raw || fail "the overlay is not served again"
