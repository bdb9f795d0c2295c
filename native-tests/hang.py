# SPDX-License-Identifier: Apache-2.0
"""Load on a mount whose images are replaced: hang.py MOUNT IMAGES SPARE SECONDS.

Every worker notes when its request began; the watcher fails when one is older than the limit. A
whole file that was read in one open must be one of the disks, never a mixture of two. Workers get
signals all the time, and processes that read are killed.
"""

import errno
import hashlib
import mmap
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

WORKERS = 32
LIMIT_SECONDS = 5
ALLOWED = (errno.ENOENT, errno.ENXIO, errno.EIO)

began = [0.0] * WORKERS
problems = []
counts = {}


def disks(spare):
    """sha256 of every disk that a file may show."""
    known = set()
    for name in os.listdir(spare):
        raw = os.path.join(spare, "..", name.split(".")[0].split("-")[0] + ".raw")
        with open(raw, "rb") as file:
            known.add(hashlib.sha256(file.read()).digest())
    return known


def whole(path, known):
    with open(path, "rb", buffering=0) as file:
        content = b"".join(iter(lambda: file.read(1 << 20), b""))
    if content and hashlib.sha256(content).digest() not in known:
        problems.append(f"{path}: {len(content)} bytes that are no disk's")


def piece(path, chance):
    fd = os.open(path, os.O_RDONLY)
    try:
        os.pread(fd, chance.choice([1, 4096, 300000]), chance.randrange(1 << 22))
    finally:
        os.close(fd)


def seek(path):
    fd = os.open(path, os.O_RDONLY)
    try:
        os.lseek(fd, 0, os.SEEK_HOLE)
        os.lseek(fd, 1, os.SEEK_DATA)
    finally:
        os.close(fd)


def direct(path, chance):
    """Past the page cache, where a signal interrupts the request itself."""
    fd = os.open(path, os.O_RDONLY | os.O_DIRECT)
    try:
        with mmap.mmap(-1, 1 << 20) as room:
            os.preadv(fd, [room], chance.randrange(1 << 10) << 12)
    finally:
        os.close(fd)


def interrupt(workers, mount, chance):
    """Signals for some workers, and a reader that is killed in the middle."""
    for thread in chance.sample(workers, 8):
        if thread.is_alive():
            signal.pthread_kill(thread.ident, signal.SIGUSR1)
            counts["signal"] = counts.get("signal", 0) + 1
    path = os.path.join(mount, f"a{chance.randint(1, 6)}.qcow2.raw")
    reader = subprocess.Popen(["dd", f"if={path}", "of=/dev/null", "bs=4M", "iflag=direct"],
                              stderr=subprocess.DEVNULL)
    time.sleep(chance.random() / 100)
    reader.kill()
    try:
        reader.wait(LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        problems.append("a reader that was killed does not end")


def worker(index, seed, mount, known, end):
    chance = random.Random(seed)
    while time.monotonic() < end:
        path = os.path.join(mount, f"{chance.choice('ab')}{chance.randint(1, 6)}.qcow2.raw")
        if chance.random() < 0.05:
            path = os.path.join(mount, "broken.qcow2.raw")
        action = chance.choice(["whole", "piece", "direct", "seek", "list", "stat", "space"])
        began[index] = time.monotonic()
        try:
            {"whole": lambda: whole(path, known), "piece": lambda: piece(path, chance),
             "direct": lambda: direct(path, chance),
             "seek": lambda: seek(path), "list": lambda: os.listdir(mount),
             "stat": lambda: os.stat(path), "space": lambda: os.statvfs(path)}[action]()
            counts[action] = counts.get(action, 0) + 1
        except OSError as e:
            if e.errno not in ALLOWED or (e.errno == errno.EIO and "broken" not in path):
                problems.append(f"{action} {path}: {e}")
        began[index] = 0.0


def replace(images, spare, chance):
    """Replaces, removes and brings back images, as an administrator's scripts do."""
    source = os.path.join(spare, chance.choice(os.listdir(spare)))
    target = os.path.join(images, f"{chance.choice('ab')}{chance.randint(1, 6)}.qcow2")
    if chance.random() < 0.2 and os.path.exists(target):
        os.remove(target)
    shutil.copy(source, images + ".new")
    os.replace(images + ".new", target)


def main(mount, images, spare, seconds):
    seed = random.SystemRandom().randrange(1 << 30)
    print(f"seeds from {seed}")
    known, end = disks(spare), time.monotonic() + float(seconds)
    signal.signal(signal.SIGUSR1, lambda number, frame: None)
    workers = [threading.Thread(target=worker, args=(i, seed + i, mount, known, end), daemon=True)
               for i in range(WORKERS)]
    for thread in workers:
        thread.start()
    chance, slowest = random.Random(seed + WORKERS), 0.0
    while time.monotonic() < end + 1 and not problems:
        replace(images, spare, chance)
        interrupt(workers, mount, chance)
        now = time.monotonic()
        slowest = max([slowest] + [now - b for b in began if b])
        if slowest > LIMIT_SECONDS:
            problems.append(f"a request is {slowest:.1f} seconds old")
        time.sleep(0.1)
    print("\n".join(problems), f"oldest request {slowest:.1f} s; {counts}")
    return 1 if problems or len(counts) < 8 else 0


if __name__ == "__main__":
    code = main(*sys.argv[1:])
    sys.stdout.flush()
    os._exit(code)
