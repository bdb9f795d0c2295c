#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A folder of 10,000 hostile files, headers of every format with fields that lie (CVE-2014-0142 to
# CVE-2014-0148 and others): it lists in time and in little memory, and what is sound is served.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images
sparse_disk disk.raw
qemu-img convert -f raw -O qcow2 disk.raw images/good.qcow2
python3 "$TESTS/make_hostile.py" images 10000 || fail "no hostile files"
mount_folder images
server=$(server_pid)

# listed WHAT SECONDS: the mount lists within that time.
listed() {
  local start
  start=$(date +%s)
  timeout "$2" ls -l "$MNT" >ls.out || fail "$1: no listing within $2 seconds"
  echo "$1: $(wc -l <ls.out) lines, $(($(date +%s) - start)) s, $(awk '/^VmHWM/ { print $2 }' "/proc/$server/status") KiB"
}

listed "the first time" 120
listed "the second time" 60
grep -q good.qcow2.raw ls.out || fail "good.qcow2 is not listed"
[ "$(wc -l <ls.out)" -gt 8000 ] || fail "only $(wc -l <ls.out) lines"
# A part of them is opened and read, whatever comes of it, and that soon.
timeout 120 python3 - "$MNT" <<'END' || fail "no answer, or a slow one"
import os, sys, time
names = sorted(os.listdir(sys.argv[1]))[::25]
served = 0
for name in names:
    start = time.monotonic()
    try:
        with open(os.path.join(sys.argv[1], name), "rb") as disk:
            disk.read(65536)
            served += 1
    except OSError:
        pass
    seconds = time.monotonic() - start
    assert seconds < 10, (name, seconds)
print(served, "of", len(names), "read")
END
same_content "$MNT/good.qcow2.raw" disk.raw
resident=$(awk '/^VmHWM/ { print $2 }' "/proc/$server/status")
[ "$resident" -lt 524288 ] || fail "the server has grown to $resident KiB"
