# SPDX-License-Identifier: Apache-2.0
"""Makes qcow2 images of every variety that qemu-img can make: make_qcow2.py GROUP FOLDER."""

import subprocess
import sys

from qemu import KIB, MIB, convert, create, img, inside, io, mixed_disk, scatter

SIZE = 5 * MIB + 1536
CLUSTERS = [1 << bits for bits in range(9, 22)]


def cluster_sizes():
    for cluster in CLUSTERS:
        for compat in ("0.10", "1.1"):
            name = f"v{compat}-{cluster}.qcow2"
            create(name, "qcow2", SIZE, compat=compat, cluster_size=cluster)
            io(name, "qcow2", *scatter(SIZE, min(cluster, 256 * KIB), name))


def compressed():
    mixed_disk("mixed.raw", SIZE, "compressed")
    for cluster in CLUSTERS:
        for kind in ("zlib", "zstd"):
            name = f"{kind}-{cluster}.qcow2"
            convert("mixed.raw", "raw", name, "qcow2", "-c", cluster_size=cluster,
                    compression_type=kind)
    convert("mixed.raw", "raw", "rewritten.qcow2", "qcow2", "-c")
    io("rewritten.qcow2", "qcow2", "write -P 7 100k 9k", "write -P 8 1M 64k", "discard 2M 128k",
       "write -z 3M 128k")


def zeroes():
    create("zeroes-base.qcow2", "qcow2", SIZE)
    io("zeroes-base.qcow2", "qcow2", "write -P 1 0 5M")
    for compat in ("0.10", "1.1"):
        name = f"zeroes-{compat}.qcow2"
        create(name, "qcow2", SIZE, "zeroes-base.qcow2", "qcow2", compat=compat)
        io(name, "qcow2", "write -P 2 0 1M", "write -z 0 64k", "write -z -u 128k 64k",
           "discard 256k 64k", "write -z 2M 128k", "write -z -u 3M 128k", "discard 4M 64k",
           "write -z 700k 10k")
    create("zeroes-alone.qcow2", "qcow2", SIZE)
    io("zeroes-alone.qcow2", "qcow2", "write -P 2 0 1M", "write -z 0 64k", "write -z -u 128k 64k",
       "discard 256k 64k", "write -z 2M 128k")


def subclusters():
    mixed_disk("sub-base.raw", SIZE, "subclusters")
    for cluster in (16 * KIB, 64 * KIB, 2 * MIB):
        for base in (None, "sub-base.raw"):
            name = f"extended-{cluster}{'-over' if base else ''}.qcow2"
            create(name, "qcow2", SIZE, base, base and "raw", extended_l2="on",
                   cluster_size=cluster)
            sub = cluster // 32
            io(name, "qcow2", *scatter(SIZE, 4 * sub, name), f"write -z {2 * MIB} {3 * sub}",
               f"write -z -u {3 * MIB} {cluster}", f"write -z {MIB} {sub}",
               f"discard {4 * MIB} {cluster // 2}")
    convert("sub-base.raw", "raw", "extended-compressed.qcow2", "qcow2", "-c", extended_l2="on")


def data_files():
    for raw in ("on", "off"):
        name = f"external-{raw}.qcow2"
        create(name, "qcow2", SIZE, data_file=f"external-{raw}.bin", data_file_raw=raw)
        io(name, "qcow2", "write -P 3 300k 100k", "write -P 4 2M 64k", "write -z 2M 64k",
           "write -P 5 5M 1k")


def counters():
    for bits in (1, 2, 4, 8, 16, 32, 64):
        name = f"refcount-{bits}.qcow2"
        create(name, "qcow2", SIZE, refcount_bits=bits, cluster_size=4096)
        io(name, "qcow2", *scatter(SIZE, 8192, name))


def snapshots():
    create("snapshots.qcow2", "qcow2", SIZE)
    for i, name in enumerate(("first", "zwei & drei", "größer")):
        io("snapshots.qcow2", "qcow2", f"write -P {i + 1} {i * 100}k 300k")
        img("snapshot", "-c", name, "snapshots.qcow2")
    io("snapshots.qcow2", "qcow2", "write -P 9 64k 64k", "discard 0 64k")


def sizes():
    for name, size in (("zero", 0), ("one-sector", 512), ("odd", 3 * MIB + 512 * 3)):
        create(f"size-{name}.qcow2", "qcow2", size)
        if size:
            io(f"size-{name}.qcow2", "qcow2", f"write -P 1 {size - 512} 512")
    create("resized.qcow2", "qcow2", "1M")
    io("resized.qcow2", "qcow2", "write -P 1 0 1M")
    img("resize", "-q", "resized.qcow2", "700M")
    io("resized.qcow2", "qcow2", "write -P 2 699M 1M")


def preallocated():
    for how in ("metadata", "falloc", "full"):
        create(f"preallocated-{how}.qcow2", "qcow2", SIZE, preallocation=how)
        io(f"preallocated-{how}.qcow2", "qcow2", "write -P 1 1M 100k")


def marked():
    create("lazy.qcow2", "qcow2", SIZE, lazy_refcounts="on")
    io("lazy.qcow2", "qcow2", "write -P 1 1M 100k")
    create("dirty.qcow2", "qcow2", SIZE, lazy_refcounts="on")
    # The writer dies, so that the dirty bit stays.
    subprocess.run("ulimit -c 0; qemu-io -f qcow2 -c 'write -P 6 1M 200k' -c flush -c abort"
                   " dirty.qcow2", shell=True, capture_output=True, check=False)
    create("bitmaps.qcow2", "qcow2", SIZE)
    img("bitmap", "--add", "bitmaps.qcow2", "changes")
    img("bitmap", "--add", "--disable", "-g", "128k", "bitmaps.qcow2", "old")
    io("bitmaps.qcow2", "qcow2", "write -P 1 1M 100k")


GROUPS = {
    "clusters": [cluster_sizes],
    "compressed": [compressed],
    "features": [zeroes, subclusters, data_files, counters, snapshots, sizes, preallocated, marked],
}

if __name__ == "__main__":
    inside(sys.argv[2])
    for make in GROUPS[sys.argv[1]]:
        make()
