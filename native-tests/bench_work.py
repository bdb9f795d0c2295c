# SPDX-License-Identifier: Apache-2.0
"""The loads: each returns one number, more is better."""

import json
import mmap
import os
import time

from qemu import MIB, run

SECONDS = 2


def timed(size, *words):
    """MB/s of a command that moves so many bytes."""
    start = time.perf_counter()
    run(*words)
    return size / (time.perf_counter() - start) / 1e6


def fresh_memory(size):
    """Takes memory and gives it back. A host may have taken from a guest what was free there, and
    whoever fills it first waits for the host; that is not what is measured."""
    with mmap.mmap(-1, size) as room:
        room[:: mmap.PAGESIZE] = bytes(size // mmap.PAGESIZE)


def forget(path):
    """Drops what the client caches of a file; the host's cache of the image stays."""
    fd = os.open(path, os.O_RDONLY)
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(fd)


def dd(path, *words):
    """One pass over a file, or over what count= says."""
    size = os.stat(path).st_size
    sizes = dict(word.split("=", 1) for word in words if "=" in word)
    block = {"512": 512, "1M": MIB}[sizes["bs"]]
    if "count" in sizes:
        size = int(sizes["count"]) * block
    return timed(size, "dd", f"if={path}", "of=/dev/null", "status=none", *words)


def fio(path, mode, jobs, *words):
    """Operations per second of 4 KiB requests at random places, past the page cache."""
    said = run("fio", "--name=bench", f"--filename={path}", f"--rw={mode}", "--bs=4k", "--direct=1",
               "--ioengine=psync", "--thread", f"--numjobs={jobs}", f"--runtime={SECONDS}",
               "--time_based", "--group_reporting", "--randrepeat=0", "--allow_file_create=0",
               "--fallocate=none", "--output-format=json", *words)
    job = json.loads(said[said.index("{"):])["jobs"][0]
    return job["read"]["iops"] + job["write"]["iops"]


def sequential_write(path, source):
    """A disk filled from a file, until it is on the host's disk."""
    return timed(os.stat(source).st_size, "dd", f"if={source}", f"of={path}", "bs=1M",
                 "conv=notrunc,fsync", "status=none")


class Loop:
    """A block device over a new sparse file, past the page cache."""

    def __init__(self, folder, size):
        self.file = f"{folder}/device"
        with open(self.file, "wb") as file:
            file.truncate(size)
        self.device = run("losetup", "--find", "--show", "--direct-io=on", self.file).strip()
        # As fresh_memory, for the kind of memory that a device's pages come from.
        run("dd", f"if={self.device}", "of=/dev/null", "bs=1M", "status=none")
        run("blockdev", "--flushbufs", self.device)

    def close(self):
        """Takes the device and the file away."""
        run("losetup", "-d", self.device)
        os.remove(self.file)
