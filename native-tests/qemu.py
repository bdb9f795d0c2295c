# SPDX-License-Identifier: Apache-2.0
"""Making images with QEMU's tools: what the generators of test images share."""

import os
import random
import subprocess

KIB = 1 << 10
MIB = 1 << 20


def run(*words):
    """Runs a command and returns what it prints."""
    done = subprocess.run([str(w) for w in words], capture_output=True, check=False)
    if done.returncode != 0:
        text = (done.stderr or done.stdout).decode(errors="replace").strip()
        raise RuntimeError(f"{' '.join(map(str, words))}: exit {done.returncode}: {text}")
    return done.stdout.decode(errors="surrogateescape")


def img(*words):
    """qemu-img WORDS."""
    return run("qemu-img", *words)


def create(path, fmt, size, base=None, base_format=None, **options):
    """An empty image; options with underscores as qemu-img spells them."""
    words = ["create", "-q", "-f", fmt]
    if options:
        words += ["-o", ",".join(f"{k}={v}" for k, v in options.items())]
    if base is not None:
        words += ["-b", base]
    if base_format is not None:
        words += ["-F", base_format]
    words.append(path)
    if size is not None:
        words.append(size)
    img(*words)


def io(path, fmt, *commands):
    """qemu-io commands on an image; discards reach the image file."""
    words = ["qemu-io", "-d", "unmap", "-f", fmt]
    for command in commands:
        words += ["-c", command]
    words.append(path)
    said = run(*words)
    bad = [line for line in said.splitlines() if "failed" in line or "error" in line]
    if bad:
        raise RuntimeError(f"qemu-io {path}: {bad}")


def convert(source, source_format, path, fmt, *extra, **options):
    """Copies a disk into a new image."""
    words = ["convert", "-q", "-f", source_format, "-O", fmt, *extra]
    if options:
        words += ["-o", ",".join(f"{k}={v}" for k, v in options.items())]
    img(*words, source, path)


def mixed_disk(path, size, seed):
    """A raw disk of runs of holes, zeroes, text and random bytes, at odd places and lengths."""
    chance = random.Random(f"{seed}")
    with open(path, "wb") as disk:
        disk.truncate(size)
        at = 0
        while at < size:
            length = min(size - at, chance.choice([512, 4 * KIB, 13 * KIB, 64 * KIB, 200 * KIB]))
            kind = chance.choice(["hole", "zero", "text", "random"])
            if kind != "hole":
                disk.seek(at)
            if kind == "zero":
                disk.write(bytes(length))
            elif kind == "text":
                line = f"{path} {at} {seed}\n".encode()
                disk.write((line * (length // len(line) + 1))[:length])
            elif kind == "random":
                disk.write(chance.randbytes(length))
            at += length


def scatter(size, unit, seed, writes=12):
    """qemu-io commands that write patterns in and across units, aligned to sectors."""
    chance = random.Random(f"{seed}")
    commands = []
    sectors = size // 512
    for i in range(writes if sectors else 0):
        at = chance.randrange(sectors)
        length = min(sectors - at, chance.randint(1, max(2, 3 * unit // 512)))
        commands.append(f"write -P {i + 1} {at * 512} {length * 512}")
    return commands


def descriptor(path, create_type, *extents):
    """A VMDK descriptor file by hand."""
    lines = ["# Disk DescriptorFile", "version=1", "CID=12345678", "parentCID=ffffffff",
             f'createType="{create_type}"', "", "# Extent description", *extents, "",
             "# The Disk Data Base", "#DDB", 'ddb.virtualHWVersion = "4"',
             'ddb.geometry.cylinders = "4"', 'ddb.geometry.heads = "16"',
             'ddb.geometry.sectors = "63"', 'ddb.adapterType = "ide"']
    with open(path, "w", encoding="ascii") as file:
        file.write("\n".join(lines) + "\n")


def inside(folder):
    """Creates a folder and makes it the current one."""
    os.makedirs(folder, exist_ok=True)
    os.chdir(folder)
