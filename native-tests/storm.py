# SPDX-License-Identifier: Apache-2.0
"""Readers at random offsets with a check of every byte: storm.py MOUNT FOLDER SECONDS.

MOUNT/N.FORMAT.raw and MOUNT/N-packed.FORMAT.raw must hold what FOLDER/N.raw holds.
"""

import glob
import multiprocessing
import os
import random
import re
import sys
import time

READERS = 16
LARGEST = 1 << 20


def reader(seed, mount, folder, seconds):
    """Reads until the time is over; the number of reads, or a description of what is wrong."""
    chance = random.Random(seed)
    end = time.monotonic() + seconds
    reads = 0
    while time.monotonic() < end:
        shown = chance.choice(sorted(glob.glob(os.path.join(mount, "*.raw"))))
        plain = os.path.join(folder, re.match(r"\d+", os.path.basename(shown))[0] + ".raw")
        ours, theirs = os.open(shown, os.O_RDONLY), os.open(plain, os.O_RDONLY)
        try:
            size = os.fstat(theirs).st_size
            for _ in range(chance.randint(1, 30)):
                at = chance.randrange(size)
                length = chance.choice([1, 512, 4096, 65536, LARGEST])
                if os.pread(ours, length, at) != os.pread(theirs, length, at):
                    return f"seed {seed}: {shown}: {length} bytes at {at} differ"
                reads += 1
        except OSError as e:
            return f"seed {seed}: {shown}: {e}"
        finally:
            os.close(ours)
            os.close(theirs)
    return reads


def main(mount, folder, seconds):
    first = random.SystemRandom().randrange(1 << 30)
    print(f"seeds {first} to {first + READERS - 1}")
    work = [(first + i, mount, folder, float(seconds)) for i in range(READERS)]
    with multiprocessing.Pool(READERS) as pool:
        results = pool.starmap(reader, work)
    wrong = [r for r in results if isinstance(r, str)]
    print("\n".join(wrong), f"{sum(r for r in results if isinstance(r, int))} reads")
    return 1 if wrong or 0 in results else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
