# SPDX-License-Identifier: Apache-2.0
"""Changes a disk and a plain file at random in the same way, and compares what can be read.

usage: guest.py DISK MODEL SECONDS [SEED]
"""
import ctypes
import mmap
import os
import random
import sys
import time

KEEP_SIZE, PUNCH_HOLE, ZERO_RANGE = 1, 2, 16
PAGE = 4096
libc = ctypes.CDLL(None, use_errno=True)


def fallocate(fd, mode, offset, length):
    args = ctypes.c_int(fd), ctypes.c_int(mode), ctypes.c_int64(offset), ctypes.c_int64(length)
    if libc.fallocate(*args) != 0:
        error = ctypes.get_errno()
        raise OSError(error, "fallocate %d: %s" % (mode, os.strerror(error)))


class Guest:
    def __init__(self, disk, model):
        self.cached = os.open(disk, os.O_RDWR)
        self.direct = os.open(disk, os.O_RDWR | os.O_DIRECT)
        self.model = os.open(model, os.O_RDWR)
        self.size = os.fstat(self.model).st_size
        assert os.fstat(self.cached).st_size == self.size, "sizes differ"
        try:
            self.map = mmap.mmap(self.cached, self.size)
        except OSError:
            self.map = None  # direct I/O mounts have no shared mappings

    def range(self, grain):
        most = random.choice((16, 600, 9000, 70000, 300000, 3000000))
        length = random.randrange(1, most)
        offset = random.randrange(0, self.size - length)
        if random.randrange(4) == 0:
            offset -= offset % 65536
        offset -= offset % grain
        length = max(grain, length - length % grain)
        return offset, min(length, self.size - offset)

    def write(self):
        offset, length = self.range(1)
        data = random.randbytes(length)
        assert os.pwrite(self.cached, data, offset) == length
        os.pwrite(self.model, data, offset)

    def write_direct(self):
        offset, length = self.range(PAGE)
        with mmap.mmap(-1, length) as buffer:
            buffer[:] = random.randbytes(length)
            assert os.pwrite(self.direct, buffer, offset) == length
            os.pwrite(self.model, buffer, offset)

    def write_mapped(self):
        if self.map:
            offset, length = self.range(1)
            self.map[offset:offset + length] = data = random.randbytes(length)
            os.pwrite(self.model, data, offset)
            self.map.flush()

    def zero(self, mode):
        offset, length = self.range(1)
        fallocate(self.cached, mode | KEEP_SIZE, offset, length)
        fallocate(self.model, PUNCH_HOLE | KEEP_SIZE, offset, length)

    def sync(self):
        random.choice((os.fsync, os.fdatasync))(self.cached)

    def compare(self):
        offset, length = self.range(PAGE)
        expected = os.pread(self.model, length, offset)
        assert os.pread(self.cached, length, offset) == expected, (offset, length)
        with mmap.mmap(-1, length) as buffer:
            assert os.preadv(self.direct, [buffer], offset) == length
            assert buffer[:] == expected, ("direct", offset, length)
        if self.map:
            assert self.map[offset:offset + length] == expected, ("mapped", offset, length)

    def run(self, seconds):
        actions = [self.write] * 4 + [self.write_direct] * 2 + [self.write_mapped] * 2
        actions += [lambda: self.zero(PUNCH_HOLE), lambda: self.zero(ZERO_RANGE)]
        end = time.time() + seconds
        count = 0
        while time.time() < end:
            random.choice(actions)()
            self.compare()
            if random.randrange(20) == 0:
                self.sync()
            count += 1
        return count


seed = int(sys.argv[4]) if len(sys.argv) > 4 else time.time_ns() % 1000000
random.seed(seed)
try:
    count = Guest(sys.argv[1], sys.argv[2]).run(float(sys.argv[3]))
    print("%s: %d changes, seed %d" % (sys.argv[1], count, seed))
except (AssertionError, OSError) as e:
    sys.exit("%s, seed %d: %r" % (sys.argv[1], seed, e))
