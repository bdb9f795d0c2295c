# SPDX-License-Identifier: Apache-2.0
"""Files of every format whose headers lie: make_hostile.py FOLDER COUNT [SEED]."""

import os
import random
import struct
import sys
import tempfile

import qemu

# Format, extension, creation options and the fields that may change: not the signature.
KINDS = [
    ("qcow2", "qcow2", {}, (4, 112)),
    ("qcow2", "qcow2", {"compat": "0.10"}, (4, 72)),
    ("qcow2", "img", {"cluster_size": "512"}, (4, 112)),
    ("qcow", "qcow", {}, (4, 48)),
    ("vdi", "vdi", {}, (72, 500)),
    ("vmdk", "vmdk", {}, (4, 79)),
    ("vmdk", "vmdk", {"subformat": "streamOptimized"}, (4, 79)),
    ("vmdk", "vmdk", {}, (512, 1024)),
    ("vpc", "vhd", {}, (8, 84)),
    ("vpc", "vhd", {}, (520, 600)),
]
VALUES = [0, 1, 2, 3, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFFE, 0x10000, 0x200, 0xFFFF0000]
HEAD_BYTES = 4096


def samples(folder):
    """The bytes of one image of each kind, with its name's end and its fields."""
    made = []
    for number, (fmt, extension, options, fields) in enumerate(KINDS):
        path = os.path.join(folder, f"{number}.{extension}")
        qemu.create(path, fmt, "4M", **options)
        if "subformat" not in options:
            qemu.io(path, fmt, "write -P 7 0 4k")
        with open(path, "rb") as file:
            made.append((file.read(), extension, fields))
    return made


def damage(image, fields, chance):
    """Changes one to four fields of a copy of an image."""
    head = bytearray(image)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(fields[0], min(fields[1], len(head) - 8)) & ~3
        at = max(at, fields[0])
        value = chance.choice(VALUES + [chance.getrandbits(32)])
        struct.pack_into(chance.choice("<>") + "I", head, at, value)
    return head


def reseal(image):
    """Makes the checksums of a VHD right again, so that more than they is looked at."""
    for start, length, at in ((0, 512, 64), (512, 1024, 36), (len(image) - 512, 512, 64)):
        part = image[start:start + length]
        part[at:at + 4] = bytes(4)
        struct.pack_into(">I", image, start + at, ~sum(part) & 0xFFFFFFFF)


def write(path, image):
    """Writes a file with holes where there is nothing."""
    with open(path, "wb") as file:
        file.truncate(len(image))
        for at in range(0, len(image), HEAD_BYTES):
            block = image[at:at + HEAD_BYTES]
            if block.count(0) != len(block):
                file.seek(at)
                file.write(block)


def main():
    """Writes the files."""
    folder, count = sys.argv[1], int(sys.argv[2])
    chance = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
    with tempfile.TemporaryDirectory() as scratch:
        kinds = samples(scratch)
    for number in range(count):
        image, extension, fields = kinds[number % len(kinds)]
        changed = damage(image, fields, chance)
        if extension == "vhd":
            changed[-512:] = changed[:512]
            reseal(changed)
        if chance.random() < 0.1:
            changed = changed[:chance.randrange(len(changed))]
        write(os.path.join(folder, f"{number:05}.{extension}"), changed)


if __name__ == "__main__":
    main()
