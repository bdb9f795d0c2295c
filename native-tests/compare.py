# SPDX-License-Identifier: Apache-2.0
"""Compares images, as vdiskfs shows them, with what QEMU says of them.

compare.py SOURCE MOUNT IMAGE...: for each image (a path below SOURCE) the content and
the holes of its raw file in the mount, `vdiskfs map` and `vdiskfs info`. Prints one line for each
mismatch; exit status 1 where there is any.
"""

import hashlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import holes

VDISKFS = os.environ["VDISKFS"]
# Hundreds of commands that last a second each are not worth the optimising compiler.
os.environ.setdefault("VDISKFS_JAVA_OPTS", "-XX:TieredStopAtLevel=1")
TMP = os.environ["TMP"]
SOURCE = os.path.abspath(sys.argv[1])

# Disks up to this size are compared byte by byte; of larger ones, what the map calls data.
WHOLE = 64 << 20
MOST_OF_A_RUN = 4 << 20

MAP_FIELDS = ("start", "length", "depth", "zero", "data", "offset")
INFO_FIELDS = ("format", "virtual-size", "cluster-size", "backing-filename",
               "full-backing-filename", "backing-filename-format", "dirty-flag", "snapshots",
               "encrypted", "compressed", "format-specific")

# The holes of a raw external data file are those of the disk; QEMU calls all of it data.
HOLES_UNSEEN_BY_QEMU = ("external-on.qcow2",)


class Mismatch(Exception):
    """What differs, in words."""


def run(image, *words):
    """Runs a command in an image's folder: QEMU looks for an external data file in the current
    one."""
    return subprocess.run(words, capture_output=True, check=False, cwd=os.path.dirname(image))


def json_of(image, *words):
    done = run(image, *words)
    if done.returncode != 0:
        raise Mismatch(f"'{' '.join(words)}' fails with {done.returncode}: "
                       f"{done.stderr.decode(errors='replace').strip()[:500]}")
    return json.loads(done.stdout)


def merged(entries):
    """A map whose neighbours of the same kind are one entry."""
    result = []
    # Of an empty disk QEMU prints one entry without length.
    for entry in (e for e in entries if e["length"] > 0):
        now = {field: entry.get(field) for field in MAP_FIELDS}
        last = result[-1] if result else None
        if last and continues(last, now):
            last["length"] += now["length"]
        else:
            result.append(now)
    return result


def continues(last, now):
    same = all(last[f] == now[f] for f in ("depth", "zero", "data"))
    if last["offset"] is None or now["offset"] is None:
        return same and last["offset"] == now["offset"]
    return same and last["offset"] + last["length"] == now["offset"]


def data_runs(entries):
    """The runs that a reader of holes must see: all that does not read as zero."""
    runs = []
    for entry in entries:
        if entry["zero"]:
            continue
        end = entry["start"] + entry["length"]
        if runs and runs[-1][1] == entry["start"]:
            runs[-1][1] = end
        else:
            runs.append([entry["start"], end])
    return runs


def within(inner, outer):
    """True where each run lies in one of the others."""
    return all(any(a <= start and end <= b for a, b in outer) for start, end in inner)


def first_difference(ours, theirs):
    for i, (a, b) in enumerate(zip(ours, theirs)):
        if a != b:
            return f"entry {i}: vdiskfs {a}, QEMU {b}"
    return f"vdiskfs has {len(ours)} entries, QEMU {len(theirs)}"


def check_map(image, shown):
    theirs = merged(json_of(image, "qemu-img", "map", "--output=json", *opened(image)))
    ours = merged(json_of(image, *vdiskfs("map", image)))
    found = holes.runs(shown)
    if os.path.basename(image) in HOLES_UNSEEN_BY_QEMU:
        if found != data_runs(ours) or not within(found, data_runs(theirs)):
            raise Mismatch(f"holes: {found} by vdiskfs, {data_runs(theirs)} by QEMU")
        return theirs
    if ours != theirs:
        raise Mismatch(f"map: {first_difference(ours, theirs)}")
    if found != data_runs(theirs):
        raise Mismatch(f"holes: {first_difference(found, data_runs(theirs))}")
    return theirs


def vdiskfs(command, image):
    """The command on an image; its backing files may lie anywhere in SOURCE, as in the mount."""
    return VDISKFS, command, "--output=json", "-o", f"backing_dir={SOURCE}", image


def opened(image):
    """How QEMU is told to open an image: by its format where it would take a raw disk for an image
    or a fixed VHD, whose signature is at its end, for a raw disk."""
    extension = image.rsplit(".", 1)[-1]
    if extension in ("raw", "dd", "iso"):
        return ["-f", "raw", image]
    return ["-f", "vpc", image] if extension == "vhd" else [image]


def check_info(image, _):
    theirs = json_of(image, "qemu-img", "info", "--output=json", *opened(image))
    # QEMU leaves it out where extents of several kinds make up a disk.
    theirs.setdefault("dirty-flag", False)
    ours = json_of(image, *vdiskfs("info", image))
    for field in INFO_FIELDS:
        if ours.get(field) != theirs.get(field):
            raise Mismatch(f"info: {field}: vdiskfs {ours.get(field)}, QEMU {theirs.get(field)}")


def sha256(path):
    with open(path, "rb", buffering=0) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def copy_by_qemu(image, name):
    path = os.path.join(TMP, name)
    done = run(image, "qemu-img", "convert", "-O", "raw", *opened(image), path)
    if done.returncode != 0:
        raise Mismatch(f"qemu-img convert: {done.stderr.decode(errors='replace').strip()}")
    return path


def check_whole(image, shown):
    copy = copy_by_qemu(image, f"qemu-{os.getpid()}-{abs(hash(image))}")
    try:
        if sha256(shown) != sha256(copy):
            said = run(image, "cmp", shown, copy)
            raise Mismatch(f"content: {said.stdout.decode(errors='replace').strip()}")
    finally:
        os.remove(copy)


def check_data(image, shown, entries):
    """Reads the start of each run of data through the mount and by qemu-img dd."""
    copy = os.path.join(TMP, f"qemu-{os.getpid()}-{abs(hash(image))}")
    with open(shown, "rb", buffering=0) as file:
        for start, end in data_runs(entries):
            length = min(end - start, MOST_OF_A_RUN)
            done = run(image, "qemu-img", "dd", "bs=512", f"skip={start // 512}",
                       f"count={(start + length) // 512}", "-O", "raw", *opened(image)[:-1],
                       f"if={image}", f"of={copy}")
            if done.returncode != 0:
                raise Mismatch(f"qemu-img dd: {done.stderr.decode(errors='replace').strip()}")
            file.seek(start)
            with open(copy, "rb") as theirs:
                if file.read(length) != theirs.read(length):
                    raise Mismatch(f"content: the run at {start} differs")
            os.remove(copy)


def check(mount, image):
    """The mismatches of one image, as lines to print."""
    path, shown = os.path.join(SOURCE, image), os.path.join(mount, image + ".raw")
    found = []
    for part in (check_info, check_content):
        try:
            part(path, shown)
        except (Mismatch, OSError) as e:
            found.append(f"MISMATCH {image}: {e}")
    return found


def check_content(image, shown):
    size = json_of(image, "qemu-img", "info", "--output=json", *opened(image))["virtual-size"]
    if os.stat(shown).st_size != size:
        raise Mismatch(f"size: {os.stat(shown).st_size} in the mount, {size} by QEMU")
    if size <= WHOLE:
        check_whole(image, shown)
    entries = check_map(image, shown)
    if size > WHOLE:
        check_data(image, shown, entries)


def main(mount, *images):
    if not images:
        sys.exit("compare.py: no images given")
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        lines = [line for found in pool.map(lambda i: check(os.path.abspath(mount), i), images)
                 for line in found]
    print("\n".join(lines + [f"{len(images)} images compared, {len(lines)} mismatches"]))
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[2:]))
