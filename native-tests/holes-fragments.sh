#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# No seek takes long in a disk of a million extents, and all seeks together miss nothing.
. "$(dirname "$0")/functions.sh"

requires fuse

mkdir images
python3 "$TESTS/make_fragments.py" images
mount_folder images

timeout 200 python3 - "$MNT" <<'END' || fail "wrong or slow seeks"
import os, sys, time
sys.path.insert(0, os.environ["TESTS"])
from holes import runs

CLUSTER = 1 << 16
SLOW_SECONDS = 2
mount = sys.argv[1]
size = os.stat(f"{mount}/data.qcow2.raw").st_size
assert size == 1 << 36

# Neighbours that touch are one run.
found = runs(f"{mount}/data.qcow2.raw")
assert found[0][0] == 0 and found[-1][1] == size, found[:3]
assert all(a[1] == b[0] for a, b in zip(found, found[1:])), "a hole in the data"
assert len(found) < 200, len(found)

# A seek that gives up calls some zeroes data, but little.
found = runs(f"{mount}/holes.qcow2.raw")
assert sum(end - start for start, end in found) < 1 << 20, found[:3]
assert len(found) < 200, len(found)

for name in ("data", "holes", "mixed"):
    fd = os.open(f"{mount}/{name}.qcow2.raw", os.O_RDONLY)
    for i in range(40):
        offset = (i * 977 * 2 + 2) * CLUSTER % size
        for whence in (os.SEEK_DATA, os.SEEK_HOLE):
            start = time.monotonic()
            got = os.lseek(fd, offset, whence)
            took = time.monotonic() - start
            assert took < SLOW_SECONDS, (name, offset, whence, took)
            if name == "mixed":
                assert got == offset + (CLUSTER if whence == os.SEEK_HOLE else 0), (offset, got)
    os.close(fd)
END
