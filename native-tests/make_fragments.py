# SPDX-License-Identifier: Apache-2.0
"""Makes qcow2 images with a million extents each, of all kinds that follow on each other."""

import struct
import sys

CLUSTER = 1 << 16
ENTRIES = CLUSTER // 8
TABLES = 128
SIZE = TABLES * ENTRIES * CLUSTER


def image(path, *entries):
    """An image whose L2 tables repeat some entries; its last two clusters are the data."""
    with open(path, "wb") as file:
        file.write(struct.pack(">IIQIIQIIQQIIQQQQII", 0x514649FB, 3, 0, 0, 16, SIZE, 0, TABLES,
                               2 * CLUSTER, CLUSTER, 1, 0, 0, 0, 0, 0, 4, 104))
        file.seek(2 * CLUSTER)
        for i in range(TABLES):
            file.write(struct.pack(">Q", 1 << 63 | (3 + i) * CLUSTER))
        file.seek(3 * CLUSTER)
        table = b"".join(struct.pack(">Q", entry) for entry in entries) * (ENTRIES // len(entries))
        file.write(table * TABLES)
        file.write(b"A" * CLUSTER + b"B" * CLUSTER)


FIRST = 1 << 63 | (3 + TABLES) * CLUSTER
SECOND = FIRST + CLUSTER
HOLE = 0
ZERO = 1

image(f"{sys.argv[1]}/data.qcow2", FIRST, SECOND, SECOND, FIRST)
image(f"{sys.argv[1]}/holes.qcow2", HOLE, ZERO)
image(f"{sys.argv[1]}/mixed.qcow2", FIRST, HOLE)
