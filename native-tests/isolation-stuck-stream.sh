#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Large disks are read in a stream, one of them compressed, when the server of the file system that
# they lie on stops: other disks are read and written as ever, compressed ones too.
. "$(dirname "$0")/functions.sh"
. "$TESTS/stalling.sh"

head -c 64M /dev/zero >inner/wide.raw
python3 -c 'open("text.raw", "w").write("".join("%07d\n" % i for i in range(4 << 20)))'
for name in inner/packed.raw images/good-packed.qcow2; do
  qemu-img convert -c -f raw -O qcow2 text.raw "$name"
done
ln -s stuck/packed.raw.raw images/packed.qcow2
mount_folder images data_cache=4M
exec 7<>"$MNT/good1.qcow2.raw" 8<>"$MNT/good-packed.qcow2.raw"
for i in 1 2 3 4 5 6; do
  (while dd if="$MNT/packed.qcow2.raw" of=/dev/null bs=1M iflag=direct; do echo >>rounds; done) \
    2>/dev/null 7<&- 8<&- &
  readers+=($!)
done
# Opened before the server stops, read behind it.
for i in 0 1 2 3; do
  python3 -c 'import os, sys, time
file = os.open(sys.argv[1], os.O_RDONLY)
open("opened." + sys.argv[2], "w").close()
while not os.path.exists("stopped"):
    time.sleep(0.1)
os.pread(file, 8 << 20, int(sys.argv[2]) << 24)' "$MNT/stuck/wide.raw.raw.raw" $i 7<&- 8<&- &
  readers+=($!)
done
python3 -c 'import mmap, os, sys, time
file = os.open(sys.argv[1], os.O_RDONLY | os.O_DIRECT)
open("opened.4", "w").close()
while not os.path.exists("stopped"):
    time.sleep(0.1)
os.preadv(file, [mmap.mmap(-1, 16 << 20)], 0)' "$MNT/stuck/wide.raw.raw.raw" 7<&- 8<&- &
readers+=($!)
for i in 0 1 2 3 4; do within 20 test -e opened.$i || fail "reader $i has not opened"; done
stall
touch stopped
sleep 3
for reader in "${readers[@]}"; do alive "$reader" || fail "nothing is stuck"; done
before=$(wc -c <rounds)
sleep 1
expect "passes over packed meanwhile" 0 "$(($(wc -c <rounds) - before))"

# Until then, more requests wait than the kernel sends in the background.
timeout 60 cmp /dev/fd/7 disk.raw || fail "good1 is not read"
timeout 20 cmp /dev/fd/8 text.raw || fail "good-packed is not read"
for fd in 7 8; do
  printf written | timeout 10 dd of=/dev/fd/$fd conv=notrunc,fsync status=none || fail "$fd is not written"
done
exec 7<&- 8<&-
within 20 timeout 10 qemu-img check -q images/good-packed.qcow2 || fail "good-packed is not closed"

kill -KILL "${readers[@]}"
go_on
wait "${readers[@]}" 2>/dev/null || true
for name in stuck/wide.raw.raw packed.qcow2; do
  within 20 timeout 10 cat "$MNT/$name.raw" >/dev/null || fail "$name is not read again"
done
cmp "$MNT/stuck/wide.raw.raw.raw" inner/wide.raw || fail "wide is read wrong"
cmp "$MNT/packed.qcow2.raw" text.raw || fail "packed is read wrong"
