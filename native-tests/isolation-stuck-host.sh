#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A part of SOURCE lies on a file system whose server has stopped: who asks for it waits and can be
# killed; everything else is listed, read and written as ever.
. "$(dirname "$0")/functions.sh"
. "$TESTS/stalling.sh"

ln -s stuck/bad1.raw.raw images/link.raw
mount_folder images threads=2
server=$(server_pid)
ls -lR "$MNT" >ls.out
exec 5<"$MNT/stuck/bad1.raw.raw.raw" 7<>"$MNT/good1.qcow2.raw"
stall

for i in $(seq 0 19); do read_later 5 $((i % 8)); done
for i in 2 3 4 5 6; do
  cat "$MNT/stuck/bad$i.raw.raw.raw" >/dev/null 2>&1 &
  readers+=($!)
  stat "$MNT/stuck/bad$i.raw.raw.raw" >/dev/null 2>&1 &
  readers+=($!)
done
sleep 1
alive "${readers[0]}" || fail "nothing is stuck"

for i in 1 2; do
  timeout 20 cmp "$MNT/good$i.qcow2.raw" disk.raw || fail "good$i is not read"
done
timeout 60 ls -l "$MNT" >ls.out 2>&1 || true
grep -q good2.qcow2.raw ls.out || fail "no listing: $(cat ls.out)"
timeout 10 ls -l "$MNT" >ls.out || fail "a second listing is no better: $(cat ls.out)"
printf written | timeout 10 dd of=/dev/fd/7 conv=notrunc,fsync status=none || fail "good1 is not written"
expect "good1" written "$(timeout 10 head -c 7 "$MNT/good1.qcow2.raw")"
timeout 10 truncate -s 1M "$MNT/new.qcow2.raw" || fail "no new disk"
cp disk.raw images/later.raw
within 10 timeout 5 cmp "$MNT/later.raw.raw" disk.raw || fail "a new image is not shown"
threads=$(find "/proc/$server/task" -maxdepth 1 | wc -l)
[ "$threads" -lt 120 ] || fail "$threads threads"
kill -KILL "${readers[0]}"
within 10 gone "${readers[0]}" || fail "a reader of what is stuck cannot be killed"

# What was stuck is served when its server is back.
go_on
wait "${readers[@]}" || true
within 20 timeout 10 cat "$MNT/stuck/bad1.raw.raw.raw" >/dev/null || fail "bad1 is not read"
cmp "$MNT/stuck/bad1.raw.raw.raw" disk.raw || fail "bad1 is read wrong"
within 20 test -r "$MNT/link.raw.raw" || fail "link.raw is not shown again"
