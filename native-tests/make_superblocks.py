# SPDX-License-Identifier: Apache-2.0
"""Makes raw disks with superblocks whose tools need a kernel driver, by their documented layout."""

import struct
import sys

SIZE = 4 << 20
UUID = bytes(range(1, 17))
MD_MAGIC = 0xA92B4EFC


def disk(name, *pieces):
    """A disk with pieces of bytes at offsets."""
    with open(f"{sys.argv[1]}/{name}.raw", "wb") as file:
        file.truncate(SIZE)
        for offset, piece in pieces:
            file.seek(offset)
            file.write(piece)


def checksum(words):
    total = sum(words)
    return (total & 0xFFFFFFFF) + (total >> 32)


def md_1(minor, offset):
    """Version 1.x: little-endian; the checksum is taken with its own field as 0."""
    block = bytearray(256)
    struct.pack_into("<IIII16s32s", block, 0, MD_MAGIC, 1, 0, 0, UUID, b"host:array")
    struct.pack_into("<QIIQII", block, 64, 1, 1, 0, (SIZE >> 9) - 2048, 0, 2)
    struct.pack_into("<QQQ", block, 128, 2048, (SIZE >> 9) - 2048, offset >> 9)
    words = struct.unpack("<64I", block)
    struct.pack_into("<I", block, 216, checksum(words) & 0xFFFFFFFF)
    disk(f"md-1.{minor}", (offset, bytes(block)))


def md_0():
    """Version 0.90: a page of words in the order of the host."""
    words = [0] * 1024
    words[0:8] = MD_MAGIC, 0, 90, 0, 0, 0x11223344, 1, 1
    words[8:14] = (SIZE >> 10) - 64, 2, 2, 0, 0, 0x55667788
    words[14:16] = 0x99AABBCC, 0xDDEEFF00
    words[38] = checksum(words) & 0xFFFFFFFF
    disk("md-0.90", (SIZE - 65536, struct.pack("<1024I", *words)))


def bitlocker(name, system, guid_at):
    """A sealed volume, and one of a kind that other systems take for a FAT, as on sticks."""
    sector = bytearray(512)
    sector[0:11] = b"\xeb\x58\x90" + system
    struct.pack_into("<HBH", sector, 11, 512, 8, 0)
    sector[guid_at:guid_at + 16] = bytes.fromhex("3bd66749292ed84a8399f6a339e3d001")
    struct.pack_into("<QQQ", sector, guid_at + 16, 1 << 16, 2 << 16, 3 << 16)
    sector[510:] = b"\x55\xaa"
    metadata = b"-FVE-FS-" + struct.pack("<HH", 112, 2)
    disk(name, (0, bytes(sector)), (1 << 16, metadata))


def apfs():
    """The superblock of an APFS container, with the checksum that all its blocks begin with."""
    block = bytearray(4096)
    struct.pack_into("<QQII4sIQ", block, 8, 1, 1, 0x80000001, 0, b"NXSB", 4096, SIZE >> 12)
    block[72:88] = UUID
    first = second = 0
    for word in struct.unpack("<1022I", block[8:]):
        first = (first + word) % 0xFFFFFFFF
        second = (second + first) % 0xFFFFFFFF
    low = 0xFFFFFFFF - (first + second) % 0xFFFFFFFF
    struct.pack_into("<II", block, 0, low, 0xFFFFFFFF - (first + low) % 0xFFFFFFFF)
    disk("apfs", (0, bytes(block)))


md_1(0, (SIZE - 8192) & -4096)
md_1(1, 0)
md_1(2, 4096)
md_0()
bitlocker("bitlocker", b"-FVE-FS-", 160)
bitlocker("bitlocker-to-go", b"MSWIN4.1", 424)
apfs()
disk("refs", (3, b"ReFS"))
