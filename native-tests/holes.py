# SPDX-License-Identifier: Apache-2.0
"""The runs of data that SEEK_DATA and SEEK_HOLE find in a file."""

import errno
import os
import sys


def runs(path):
    """All [start, end) runs of data of a file."""
    found = []
    fd = os.open(path, os.O_RDONLY)
    try:
        end = 0
        while True:
            try:
                start = os.lseek(fd, end, os.SEEK_DATA)
            except OSError as e:
                if e.errno != errno.ENXIO:
                    raise
                return found
            end = os.lseek(fd, start, os.SEEK_HOLE)
            found.append([start, end])
    finally:
        os.close(fd)


if __name__ == "__main__":
    for start, end in runs(sys.argv[1]):
        print(start, end)
