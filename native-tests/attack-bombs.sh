#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Images that are small and claim to be huge (CVE-2015-5162, CVE-2014-0144 and others): sizes that
# lie, tables that need all memory, clusters that unpack to more than they may.
. "$(dirname "$0")/functions.sh"
. "$TESTS/attacks.sh"

requires fuse qemu getfattr

mkdir images
random_file images/good.raw 65536
python3 "$TESTS/make_bombs.py" images
mount_folder images meta_cache=8M,data_cache=8M
timeout 60 ls -l "$MNT" >ls.out || fail "no listing"
# Whatever is served answers in time, at its start, in the middle and at its end.
timeout -s KILL 60 python3 - "$MNT" <<'END' || fail "no answer, or a slow one"
import os, sys, time
served = 0
for name in sorted(os.listdir(sys.argv[1])):
    start = time.monotonic()
    try:
        fd = os.open(os.path.join(sys.argv[1], name), os.O_RDONLY)
    except OSError:
        continue
    served += 1
    size = os.fstat(fd).st_size
    assert 0 <= size <= 1 << 62, (name, size)
    for at in (0, size // 2, max(0, size - 65536)):
        for call in (lambda: os.pread(fd, 1 << 20, at), lambda: os.lseek(fd, at, os.SEEK_DATA),
                     lambda: os.lseek(fd, at, os.SEEK_HOLE)):
            try:
                call()
            except OSError:
                pass
    os.close(fd)
    seconds = time.monotonic() - start
    assert seconds < 10, (name, seconds)
print(served, "served")
assert served >= 4, served
END
same_content "$MNT/good.raw.raw" images/good.raw
# One cluster that stands for all of a large disk: read through, memory stays what it was.
head -c 268435456 "$MNT/same.qcow2.raw" | cmp -n 268435456 - /dev/zero || fail "same.qcow2"
# A stream that would unpack to 100 MiB: its first cluster, or an error.
head -c 65536 "$MNT/overlong.qcow2.raw" >out 2>/dev/null || true
fails_with 1 "Input/output error" head -c 1 "$MNT/truncated.qcow2.raw"
resident=$(awk '/^VmRSS/ { print $2 }' "/proc/$(server_pid)/status")
[ "$resident" -lt 600000 ] || fail "the server has grown to $resident KiB"
