# SPDX-License-Identifier: Apache-2.0
"""Makes images with backing files of every format: make_chains.py FOLDER."""

import os
import sys

from qemu import KIB, MIB, convert, create, img, inside, io, mixed_disk

SIZE = 4 * MIB
BASES = {"raw": "raw", "qcow2": "qcow2", "qcow": "qcow", "vmdk": "vmdk", "vdi": "vdi",
         "vpc": "vhd"}

# A qcow2 header extension of this type records the backing file's format (section "Header
# extensions" of the specification); readers skip types that they do not know.
BACKING_FORMAT = bytes.fromhex("e2792aca")
UNKNOWN = bytes.fromhex("01020304")


def forget_format(path):
    """Makes the record of the backing file's format unreadable."""
    with open(path, "r+b") as file:
        head = file.read(4096)
        file.seek(head.index(BACKING_FORMAT))
        file.write(UNKNOWN)


def bases():
    mixed_disk("base.raw", SIZE, "chains")
    for fmt, extension in BASES.items():
        if fmt != "raw":
            convert("base.raw", "raw", f"base.{extension}", fmt)


def over(extension, fmt, top, recorded):
    create(top, "qcow2", SIZE, f"base.{extension}", fmt)
    io(top, "qcow2", "write -P 1 100k 130k", "write -P 2 3M 64k", "write -z 1M 128k",
       "discard 2M 64k")
    if not recorded:
        forget_format(top)


def overlays():
    for fmt, extension in BASES.items():
        over(extension, fmt, f"over-{fmt}.qcow2", True)
        over(extension, fmt, f"over-{fmt}-unrecorded.qcow2", False)


def lengths():
    for fmt in ("raw", "qcow2"):
        for name, size in (("longer", SIZE + 3 * MIB + 512), ("shorter", 2 * MIB + 512)):
            top = f"{name}-over-{fmt}.qcow2"
            create(top, "qcow2", size, f"base.{fmt}", fmt)
            io(top, "qcow2", f"write -P 1 {size - 65536} 4k")
    create("longer-twice.qcow2", "qcow2", 9 * MIB, "shorter-over-raw.qcow2", "qcow2")
    io("longer-twice.qcow2", "qcow2", "write -P 3 8M 64k")


def others():
    create("over.vmdk", "vmdk", None, "base.vmdk", "vmdk")
    io("over.vmdk", "vmdk", "write -P 1 100k 130k", "write -P 2 3M 64k")
    create("over.qcow", "qcow", SIZE, "base.raw", "raw")
    io("over.qcow", "qcow", "write -P 1 100k 130k", "write -P 2 3M 64k")
    create("over-over.qcow", "qcow", SIZE, "over-qcow2.qcow2", "qcow2")
    io("over-over.qcow", "qcow", "write -P 5 200k 1k")


def folders():
    os.makedirs("sub/deeper", exist_ok=True)
    create("sub/deeper/up.qcow2", "qcow2", SIZE, "../../base.raw", "raw")
    create("sub/absolute.qcow2", "qcow2", SIZE, os.path.abspath("base.qcow2"), "qcow2")
    create("file-protocol.qcow2", "qcow2", SIZE, f"file:{os.path.abspath('base.raw')}", "raw")


def deep():
    """200 layers: every 40th holds data; qemu-img does not look at the chain while it makes one."""
    os.makedirs("deep", exist_ok=True)
    create("deep/0.qcow2", "qcow2", SIZE, cluster_size=4096)
    io("deep/0.qcow2", "qcow2", "write -P 255 0 4M")
    for i in range(1, 200):
        img("create", "-q", "-u", "-f", "qcow2", "-o", "cluster_size=4096", "-b", f"{i - 1}.qcow2",
            "-F", "qcow2", f"deep/{i}.qcow2", SIZE)
        if i % 40 == 0:
            io(f"deep/{i}.qcow2", "qcow2", f"write -P {i} {i * 16 * KIB} 12k",
               f"write -z {i * 16 * KIB + 65536} 64k")


if __name__ == "__main__":
    inside(sys.argv[1])
    for make in (bases, overlays, lengths, others, folders, deep):
        make()
