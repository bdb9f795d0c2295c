# SPDX-License-Identifier: Apache-2.0
"""Damages a qcow2 with 16-bit refcounts.

usage: damage.py IMAGE KIND...
  leak      the refcount of a cluster that nothing uses is raised
  low       the refcount of a cluster that is used becomes 0
  copied    the flag "refcount is 1" is taken from the first L2 table's first entry in use
  twice     two entries of the first L2 table name the same cluster
  odd       an entry of the first L2 table names a place where no cluster begins
  end       an entry of the first L2 table names a cluster far past the end of the file
"""
import struct
import sys

COPIED = 1 << 63


class Image:
    def __init__(self, file):
        self.file = file
        self.cluster = 1 << (self.number(16) & 0xFFFFFFFF)
        self.l1 = self.number(40)
        self.l2 = self.number(self.l1) & 0x00FFFFFFFFFFFE00
        entries = [self.number(self.l2 + 8 * i) for i in range(self.cluster // 8)]
        self.used = [i for i, entry in enumerate(entries) if entry]

    def number(self, offset):
        self.file.seek(offset)
        return struct.unpack(">Q", self.file.read(8))[0]

    def put(self, offset, form, value):
        self.file.seek(offset)
        self.file.write(struct.pack(form, value))

    def entry(self, which):
        return self.l2 + 8 * self.used[which]

    def refcount(self, cluster, value):
        per_block = self.cluster // 2
        block = self.number(self.number(48) + 8 * (cluster // per_block))
        self.put(block + 2 * (cluster % per_block), ">H", value)

    def damage(self, kind):
        first = self.number(self.entry(0))
        if kind == "leak":
            end = -(-self.file.seek(0, 2) // self.cluster)
            self.file.truncate((end + 1) * self.cluster)
            self.refcount(end, 1)
        elif kind == "low":
            self.refcount((first & ~COPIED) // self.cluster, 0)
        elif kind == "copied":
            self.put(self.entry(0), ">Q", first & ~COPIED)
        elif kind == "twice":
            self.put(self.entry(1), ">Q", first)
        elif kind == "odd":
            self.put(self.entry(1), ">Q", COPIED | self.cluster + 512)
        elif kind == "end":
            self.put(self.entry(1), ">Q", COPIED | 1 << 40)
        else:
            sys.exit("no such damage: " + kind)


with open(sys.argv[1], "r+b") as opened:
    for word in sys.argv[2:]:
        Image(opened).damage(word)
