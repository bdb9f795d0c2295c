# SPDX-License-Identifier: Apache-2.0
"""Makes images that QEMU cannot read, or misreads, with the content that they have by their
specifications: make_special.py FOLDER makes IMAGE and, beside the folder, FOLDER.expected/IMAGE."""

import os
import random
import struct
import sys

from qemu import MIB, convert, create, descriptor, inside, io

SIZE = 8 * MIB
SECTOR = 512
VHD_BLOCK = 2 * MIB
VHD_FREE = 0xFFFFFFFF
VDI_ZERO = 0xFFFFFFFE

EXPECTED = ""


def read(path):
    with open(path, "rb") as file:
        return bytearray(file.read())


def write(path, content):
    with open(path, "wb") as file:
        file.write(content)


def expect(image, content):
    write(os.path.join(EXPECTED, image), content)


def parent_disk():
    """A random raw disk, and its bytes."""
    content = bytearray(random.Random(1).randbytes(SIZE))
    content[3 * MIB:4 * MIB] = bytes(MIB)
    write("parent.raw", content)
    return content


def checksum(block, at):
    """VHD: the one's complement of the sum of all bytes but the checksum itself."""
    total = sum(block) - sum(block[at:at + 4])
    struct.pack_into(">I", block, at, ~total & 0xFFFFFFFF)


def differencing_vhd(content):
    """Blocks 0 and 2 hold data; the bitmap says which of their sectors hide the parent's."""
    convert("parent.raw", "raw", "parent.vhd", "vpc", subformat="dynamic", force_size="on")
    create("child.vhd", "vpc", SIZE, subformat="dynamic", force_size="on")
    io("child.vhd", "vpc", "write -P 17 0 64k", "write -P 18 4M 2M")
    image, parent = read("child.vhd"), read("parent.vhd")
    footer, header, locator = image[:512], image[512:1536], "parent.vhd".encode("utf-16-le")
    struct.pack_into(">I", footer, 60, 4)
    header[40:56] = parent[68:84]
    name = "parent.vhd".encode("utf-16-be")
    header[64:64 + len(name)] = name
    end = len(image) - 512
    struct.pack_into(">4sIIIQ", header, 576, b"W2ru", 1, len(locator), 0, end)
    checksum(footer, 64)
    checksum(header, 36)
    table = struct.unpack_from(">Q", header, 16)[0]
    image = footer + header + image[1536:end] + locator.ljust(512, b"\0") + footer
    expected = bytearray(content)
    for block in (0, 2):
        at = struct.unpack_from(">I", image, table + 4 * block)[0]
        assert at != VHD_FREE
        for sector in range(VHD_BLOCK // SECTOR):
            bitmap, bit = at * SECTOR + sector // 8, 0x80 >> sector % 8
            own = sector % 7 in (0, 3) and sector < 3000
            image[bitmap] = image[bitmap] & ~bit | (bit if own else 0)
            if own:
                guest = block * VHD_BLOCK + sector * SECTOR
                stored = (at + 1 + sector) * SECTOR
                expected[guest:guest + SECTOR] = image[stored:stored + SECTOR]
    write("child.vhd", image)
    expect("child.vhd", expected)
    expect("parent.vhd", content)


def differencing_vdi(content):
    """Block 1 holds data, block 5 is zero whatever the parent holds."""
    convert("parent.raw", "raw", "base.vdi", "vdi")
    create("child.vdi", "vdi", SIZE)
    io("child.vdi", "vdi", "write -P 33 1M 1M")
    image, parent = read("child.vdi"), read("base.vdi")
    struct.pack_into("<I", image, 0x4C, 4)
    image[0x1A8:0x1B8] = parent[0x188:0x198]
    image[0x1B8:0x1C8] = parent[0x198:0x1A8]
    table = struct.unpack_from("<I", image, 0x154)[0]
    struct.pack_into("<I", image, table + 4 * 5, VDI_ZERO)
    write("child.vdi", image)
    expected = bytearray(content)
    expected[MIB:2 * MIB] = b"\x21" * MIB
    expected[5 * MIB:6 * MIB] = bytes(MIB)
    expect("child.vdi", expected)
    expect("base.vdi", content)


def damaged_vmdk(content):
    """Each copy of the grain directory damaged in turn; the other one has it all."""
    convert("parent.raw", "raw", "sound.vmdk", "vmdk")
    expect("sound.vmdk", content)
    for field, name in ((56, "primary"), (48, "redundant")):
        image = read("sound.vmdk")
        directory = struct.unpack_from("<Q", image, field)[0] * SECTOR
        struct.pack_into("<I", image, directory, 0x7FFFFFF0)
        write(f"{name}-damaged.vmdk", image)
        expect(f"{name}-damaged.vmdk", content)


def zero_extents(content):
    """QEMU leaves extents of type ZERO out, so that all that follows them is misplaced."""
    write("piece.bin", content[:MIB])
    descriptor("zero-extents.vmdk", "custom", "RW 100 ZERO", 'RW 1000 FLAT "piece.bin" 5',
               "RW 28 ZERO", 'RW 7 FLAT "piece.bin" 0')
    expect("zero-extents.vmdk", bytes(100 * SECTOR) + content[5 * SECTOR:1005 * SECTOR]
           + bytes(28 * SECTOR) + content[:7 * SECTOR])


def main(folder):
    global EXPECTED
    EXPECTED = os.path.abspath(folder) + ".expected"
    os.makedirs(EXPECTED)
    inside(folder)
    content = parent_disk()
    differencing_vhd(content)
    differencing_vdi(content)
    damaged_vmdk(content)
    zero_extents(content)
    os.remove("parent.raw")


if __name__ == "__main__":
    main(sys.argv[1])
