# SPDX-License-Identifier: Apache-2.0
"""Makes qcow, vdi, vmdk, vpc, raw and very large images: make_others.py FORMAT FOLDER."""

import os
import subprocess
import sys

from qemu import KIB, MIB, convert, create, descriptor, img, inside, io, mixed_disk, scatter

SIZE = 5 * MIB + 1536
ODD = 3 * MIB + 512 * 3


def qcow():
    create("plain.qcow", "qcow", SIZE)
    io("plain.qcow", "qcow", *scatter(SIZE, 4096, "qcow"))
    mixed_disk("mixed.raw", SIZE, "qcow")
    convert("mixed.raw", "raw", "full.qcow", "qcow")
    # QEMU compresses whole clusters only, and its exit status is 1 although all is written.
    mixed_disk("whole.raw", 5 * MIB, "qcow")
    subprocess.run("qemu-img convert -q -f raw -O qcow -c whole.raw compressed.qcow", shell=True,
                   check=False)
    img("compare", "-f", "raw", "-F", "qcow", "whole.raw", "compressed.qcow")
    create("empty.qcow", "qcow", 512)
    create("over.qcow", "qcow", SIZE + MIB, "mixed.raw", "raw")
    io("over.qcow", "qcow", *scatter(SIZE, 4096, "over"))


def vdi():
    mixed_disk("mixed.raw", SIZE, "vdi")
    for name, size, options in (("dynamic", SIZE, {}), ("static", SIZE, {"static": "on"}),
                                ("odd", ODD, {}), ("zero", 0, {}), ("large", 3 << 40, {})):
        create(f"{name}.vdi", "vdi", size, **options)
        if size:
            io(f"{name}.vdi", "vdi", *scatter(min(size, SIZE), 300 * KIB, name))
    convert("mixed.raw", "raw", "converted.vdi", "vdi")
    convert("mixed.raw", "raw", "full.vdi", "vdi", "-S", 0)
    io("large.vdi", "vdi", "write -P 9 2T 64k")


def vmdk():
    mixed_disk("mixed.raw", SIZE, "vmdk")
    for kind in ("monolithicSparse", "monolithicFlat", "twoGbMaxExtentSparse",
                 "twoGbMaxExtentFlat"):
        create(f"{kind}.vmdk", "vmdk", SIZE, subformat=kind)
        io(f"{kind}.vmdk", "vmdk", *scatter(SIZE, 64 * KIB, kind))
        create(f"{kind}-large.vmdk", "vmdk", "5G", subformat=kind)
        io(f"{kind}-large.vmdk", "vmdk", "write -P 1 0 64k", "write -P 2 2047M 2M",
           "write -P 3 4999M 192k")
    convert("mixed.raw", "raw", "streamOptimized.vmdk", "vmdk", subformat="streamOptimized")
    convert("mixed.raw", "raw", "odd.vmdk", "vmdk")
    create("old.vmdk", "vmdk", ODD, compat6="off", adapter_type="lsilogic")
    create("zeroed.vmdk", "vmdk", SIZE, zeroed_grain="on")
    io("zeroed.vmdk", "vmdk", *scatter(SIZE, 64 * KIB, "zeroed"), "write -z 1M 128k",
       "write -z 0 64k")
    create("delta.vmdk", "vmdk", None, "monolithicSparse.vmdk", "vmdk", zeroed_grain="on")
    io("delta.vmdk", "vmdk", *scatter(SIZE, 64 * KIB, "delta"), "write -z 2M 64k")
    create("delta-split.vmdk", "vmdk", None, "delta.vmdk", "vmdk",
           subformat="twoGbMaxExtentSparse")
    io("delta-split.vmdk", "vmdk", "write -P 77 1M 1k")
    mixed_extents()


def mixed_extents():
    """A descriptor by hand: pieces of a flat file around a sparse extent."""
    mixed_disk("piece-flat.bin", MIB + 4096, "piece")
    create("piece-sparse.vmdk", "vmdk", MIB)
    io("piece-sparse.vmdk", "vmdk", "write -P 4 64k 300k")
    sectors = MIB // 512
    descriptor("mixed-extents.vmdk", "twoGbMaxExtentSparse",
               f'RW {sectors} FLAT "piece-flat.bin" 8',
               f'RW {sectors} SPARSE "piece-sparse.vmdk"',
               'RW 17 FLAT "piece-flat.bin" 3')


def vpc():
    mixed_disk("mixed.raw", SIZE, "vpc")
    for kind in ("dynamic", "fixed"):
        for forced in ("on", "off"):
            name = f"{kind}-{forced}.vhd"
            create(name, "vpc", SIZE, subformat=kind, force_size=forced)
            io(name, "vpc", *scatter(SIZE, 300 * KIB, name))
            convert("mixed.raw", "raw", f"mixed-{name}", "vpc", subformat=kind, force_size=forced)
    create("large.vhd", "vpc", 2000 << 30, force_size="on")
    io("large.vhd", "vpc", "write -P 9 1999G 64k", "write -P 8 1M 3M")


def raw():
    for extension in ("raw", "dd", "iso", "img"):
        mixed_disk(f"mixed.{extension}", SIZE, extension)
    with open("dense.raw", "wb") as file:
        file.write(os.urandom(300 * KIB))
    for name, size in (("sparse", 10 << 30), ("zero", 0), ("sector", 512)):
        with open(f"{name}.raw", "wb") as file:
            file.truncate(size)


def huge():
    for cluster in (64 * KIB, 2 * MIB):
        name = f"huge-{cluster}.qcow2"
        create(name, "qcow2", 64 << 40, cluster_size=cluster)
        io(name, "qcow2", "write -P 1 0 100k", "write -P 2 33T 1M",
           f"write -P 3 {(64 << 40) - 65536} 64k")
    create("huge-over.qcow2", "qcow2", 64 << 40, "huge-65536.qcow2", "qcow2", cluster_size=2 * MIB)
    io("huge-over.qcow2", "qcow2", "write -P 4 50T 2M")


if __name__ == "__main__":
    inside(sys.argv[2])
    {"qcow": qcow, "vdi": vdi, "vmdk": vmdk, "vpc": vpc, "raw": raw, "huge": huge}[sys.argv[1]]()
