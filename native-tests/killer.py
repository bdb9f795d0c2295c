# SPDX-License-Identifier: Apache-2.0
"""Writes to a disk until its server is gone, and says what has to be there afterwards.

usage: killer.py write DISK STATE SEED     writes until an error ends it, and then fills STATE;
                                           STATE.started is there when it has begun
       killer.py verify DISK STATE         compares the disk with what STATE allows

Each write puts its number into every sector that it touches, so that a sector tells which write it
is of. What was written before the last fsync that returned must be there; the sectors of later
writes may be of any write since then, but each of one write only.
"""
import json
import os
import random
import struct
import sys

SECTOR = 512


def content(number, sector):
    """A sector of write `number`; of write 0, what a new disk has."""
    return struct.pack("<QQ", number, sector) * (SECTOR // 16) if number else bytes(SECTOR)


def load(path):
    if not os.path.exists(path):
        return {"synced": {}, "pending": [], "writes": 0}
    with open(path, encoding="ascii") as file:
        state = json.load(file)
    state["synced"] = {int(sector): number for sector, number in state["synced"].items()}
    return state


def store(path, synced, pending, writes):
    with open(path, "w", encoding="ascii") as file:
        json.dump({"synced": synced, "pending": pending, "writes": writes}, file)


def write(disk, path, seed):
    rng = random.Random(seed)
    before = load(path)
    synced, pending, number = before["synced"], [], before["writes"]
    assert not before["pending"], "the disk was not verified"
    fd = os.open(disk, os.O_RDWR)
    sectors = os.fstat(fd).st_size // SECTOR
    with open(path + ".started", "w", encoding="ascii"):
        pass
    try:
        while True:
            number += 1
            length = rng.choice((1, 3, 8, 16, 100, 300))
            first = rng.randrange(sectors - length)
            # Noted before it is done: the end may come in the middle of it.
            pending.append((number, first, length))
            data = b"".join(content(number, first + i) for i in range(length))
            os.pwrite(fd, data, first * SECTOR)
            if rng.randrange(12) == 0:
                os.fsync(fd)
                for done, start, count in pending:
                    synced.update((sector, done) for sector in range(start, start + count))
                pending = []
    except OSError as e:
        store(path, synced, pending, number)
        print("%s: %d writes, %d pending, %d sectors synced; then %s"
              % (disk, number, len(pending), len(synced), e.strerror))


def verify(disk, path):
    state = load(path)
    allowed = {sector: {number} for sector, number in state["synced"].items()}
    for number, first, length in state["pending"]:
        for sector in range(first, first + length):
            allowed.setdefault(sector, {0}).add(number)
    found = {}
    with open(disk, "rb") as file:
        for sector in range(os.fstat(file.fileno()).st_size // SECTOR):
            data = file.read(SECTOR)
            number = struct.unpack_from("<Q", data)[0]
            if data != content(number, sector) or number not in allowed.get(sector, {0}):
                sys.exit("sector %d is of write %d, or torn; expected one of %s out of %d"
                         % (sector, number, allowed.get(sector, {0}), state["writes"]))
            if number:
                found[sector] = number
    store(path, found, [], state["writes"])


if sys.argv[1] == "write":
    write(sys.argv[2], sys.argv[3], int(sys.argv[4]))
else:
    verify(sys.argv[2], sys.argv[3])
