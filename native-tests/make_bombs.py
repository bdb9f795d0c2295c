# SPDX-License-Identifier: Apache-2.0
"""make_bombs.py FOLDER: images that are small and claim to be huge, each field by itself."""

import os
import struct
import sys
import zlib

from qemu import create

MIB = 1 << 20


def base(folder, name, fmt, **options):
    """A sound image's bytes."""
    path = os.path.join(folder, name)
    create(path, fmt, "8M", **options)
    with open(path, "rb") as file:
        content = bytearray(file.read())
    os.remove(path)
    return content


def save(folder, name, content):
    """Writes an image."""
    with open(os.path.join(folder, name), "wb") as file:
        file.write(content)


def lies(folder, kind, content, fields, mend=lambda image: None):
    """One image for each field and value; fields: name, offset, struct code, values."""
    for name, offset, code, values in fields:
        for i, value in enumerate(values):
            image = bytearray(content)
            struct.pack_into(code, image, offset, value)
            mend(image)
            save(folder, f"{name}{i}.{kind}", image)


U32 = (0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
U64 = (1 << 40, 1 << 62, (1 << 63) - 512, (1 << 64) - 1)


def qcow2(folder):
    """Header fields, and one compressed cluster for all of a disk of 1 TiB."""
    lies(folder, "qcow2", base(folder, "x", "qcow2"), [
        ("backing-at", 8, ">Q", U64), ("backing-length", 16, ">I", U32), ("cluster", 20, ">I", (0, 22, 63)),
        ("size", 24, ">Q", U64), ("l1", 36, ">I", U32), ("l1-at", 40, ">Q", U64),
        ("refcounts-at", 48, ">Q", U64), ("refcounts", 56, ">I", U32), ("snapshots", 60, ">I", U32),
        ("snapshots-at", 64, ">Q", U64), ("order", 96, ">I", (7, 63)), ("header", 100, ">I", U32)])
    for name, packed in [("same", deflate(bytes(65536))), ("overlong", deflate(bytes(100 * MIB))),
                         ("truncated", deflate(os.urandom(65536))[:1000])]:
        save(folder, name + ".qcow2", one_cluster(base(folder, "x", "qcow2"), packed))


def deflate(content):
    """A raw deflate stream, as qcow2 has it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -12)
    return packer.compress(content) + packer.flush()


def one_cluster(image, packed):
    """A disk of 1 TiB whose tables lead to one compressed cluster everywhere."""
    l1_at, l2_at, data_at = 1 << 20, 2 << 20, 3 << 20
    image = image.ljust(data_at, b"\0")
    image += packed.ljust(65536 * ((len(packed) + 65535) // 65536), b"\0")
    sectors = min(255, (len(packed) + 511) // 512 - 1)
    entry = 1 << 62 | sectors << 54 | data_at
    struct.pack_into(">Q", image, 24, 1 << 40)
    struct.pack_into(">I", image, 36, 2048)
    struct.pack_into(">Q", image, 40, l1_at)
    image[l1_at:l1_at + 2048 * 8] = struct.pack(">Q", l2_at) * 2048
    image[l2_at:l2_at + 8192 * 8] = struct.pack(">Q", entry) * 8192
    return image


def footer_sum(image, at, length, field):
    """Mends the checksum of a VHD's structure."""
    struct.pack_into(">I", image, at + field, 0)
    struct.pack_into(">I", image, at + field, ~sum(image[at:at + length]) & 0xFFFFFFFF)


def mend_vhd(image):
    """The dynamic header's, and both footers', which are to be the same."""
    image[-512:] = image[:512]
    footer_sum(image, 0, 512, 64)
    footer_sum(image, len(image) - 512, 512, 64)
    footer_sum(image, 512, 1024, 36)


def others(folder):
    """The other formats' header fields."""
    lies(folder, "vhd", base(folder, "x", "vpc", force_size="on"), [
        ("size", 48, ">Q", U64), ("geometry", 56, ">I", U32), ("header-at", 16, ">Q", U64),
        ("table-at", 512 + 16, ">Q", U64), ("entries", 512 + 28, ">I", U32 + (0x40000001,)),
        ("block", 512 + 32, ">I", U32 + (0, 1, 512))], mend_vhd)
    lies(folder, "vdi", base(folder, "x", "vdi"), [
        ("size", 368, "<Q", U64), ("block", 376, "<I", U32 + (0, 1)), ("blocks", 384, "<I", U32),
        ("allocated", 388, "<I", U32), ("map-at", 340, "<I", U32), ("data-at", 344, "<I", U32)])
    lies(folder, "vmdk", base(folder, "x", "vmdk"), [
        ("capacity", 12, "<Q", U64), ("grain", 20, "<Q", U64 + (0, 1)), ("text-at", 28, "<Q", U64),
        ("text", 36, "<Q", U64), ("entries", 44, "<I", U32 + (0, 1)), ("copy-at", 48, "<Q", U64),
        ("tables-at", 56, "<Q", U64)])
    lies(folder, "qcow", base(folder, "x", "qcow"), [
        ("size", 24, ">Q", U64), ("cluster", 32, ">B", (0, 31, 63, 255)), ("table", 33, ">B", (0, 31, 255)),
        ("backing-length", 16, ">I", U32), ("l1-at", 40, ">Q", U64)])


qcow2(sys.argv[1])
others(sys.argv[1])
