#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes through a disk and its two partitions in turn and at once, and looks through the others.

Usage: coherent.py DISK P1 P2. The partitions are 2 MiB each, from 1 MiB and 3 MiB on.
"""
import mmap
import os
import random
import sys
import threading
import time

MIB = 1 << 20
STARTS = (0, MIB, 3 * MIB)


def in_turn(files):
    """Every byte that is written by one is there when the write returns, cached or not."""
    rng = random.Random(1)
    model = bytearray(os.pread(files[0], 5 * MIB, 0))
    for _ in range(3000):
        which = rng.randrange(3)
        first = max(MIB, STARTS[which])
        last = 5 * MIB if which != 1 else 3 * MIB
        size = rng.choice((1, 100, 512, 4096, 5000, 70000))
        at = rng.randrange(first, last - size)
        if rng.random() < 0.1:
            data = bytes(size)
        else:
            data = rng.randbytes(size)
        if os.pwrite(files[which], data, at - STARTS[which]) != size:
            sys.exit("short write")
        model[at:at + size] = data
        for other, start in enumerate(STARTS):
            end = (5 * MIB, 3 * MIB, 5 * MIB)[other]
            lo, hi = max(start, MIB, at - 5000), min(end, at + size + 5000)
            if lo < hi and os.pread(files[other], hi - lo, lo - start) != model[lo:hi]:
                sys.exit("a write of %d bytes at %d through %d does not show in %d"
                         % (size, at, which, other))


def mapped(files):
    """A mapping of the partition follows writes to the disk."""
    with mmap.mmap(files[1], 2 * MIB, mmap.MAP_SHARED, mmap.PROT_READ) as view:
        for i in range(200):
            word = b"%08d" % i
            assert view[4096:4104] != word
            os.pwrite(files[0], word, MIB + 4096)
            if view[4096:4104] != word:
                sys.exit("a mapped page is old")


def synced(files):
    """What is stored through a mapping of the disk shows in the partition when it is synced, and a
    store beside it there does not bring the old bytes back."""
    rng = random.Random(2)
    with mmap.mmap(files[0], 5 * MIB) as disk, mmap.mmap(files[1], 2 * MIB) as part:
        for i in range(300):
            at = (i * 65536) % (2 * MIB)
            size = rng.choice((100, 4096, 50000))
            before = part[at:at + size]
            data = rng.randbytes(size)
            disk[MIB + at:MIB + at + size] = data
            disk.flush()
            if part[at:at + size] != data:
                sys.exit("stored and synced, %d bytes at %d do not show; before: %r"
                         % (size, at, before[:8]))
            part[at:at + 1] = b"x"
            part.flush()
            if os.pread(files[0], size, MIB + at) != b"x" + data[1:]:
                sys.exit("a store of one byte at %d brought old ones back" % at)


def at_once(files):
    """Writers and readers of the same pages by all ways: nobody waits for ever."""
    end = time.monotonic() + 3
    longest = [0.0]

    def work(number):
        rng = random.Random(number)
        while time.monotonic() < end:
            which = number % 3
            size = rng.choice((512, 1000, 8192, 300000))
            at = rng.randrange(max(MIB, STARTS[which]), 3 * MIB - size) if which != 2 else 3 * MIB
            began = time.monotonic()
            if number < 3:
                os.pwrite(files[which], rng.randbytes(size), at - STARTS[which])
            else:
                os.pread(files[which], size, at - STARTS[which])
            longest[0] = max(longest[0], time.monotonic() - began)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if longest[0] > 5:
        sys.exit("an operation took %.1f seconds" % longest[0])
    whole = os.pread(files[0], 5 * MIB, 0)
    for i in (1, 2):
        if os.pread(files[i], 2 * MIB, 0) != whole[STARTS[i]:STARTS[i] + 2 * MIB]:
            sys.exit("partition %d and the disk differ in the end" % i)


def main(paths):
    files = [os.open(path, os.O_RDWR) for path in paths]
    in_turn(files)
    mapped(files)
    synced(files)
    at_once(files)


if __name__ == "__main__":
    main(sys.argv[1:])
