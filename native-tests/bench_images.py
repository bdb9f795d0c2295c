# SPDX-License-Identifier: Apache-2.0
"""The images that are measured; each is made when the first case asks for it."""

import os
import random

from qemu import KIB, MIB, convert, create, img

FORMATS = {"qcow2": "qcow2", "vdi": "vdi", "vmdk": "vmdk", "vhd": "vpc", "raw": "raw"}


def random_disk(path, size):
    """Bytes that do not compress and have no zeroes."""
    chance = random.Random("bench")
    with open(path, "wb") as disk:
        for _ in range(size // MIB):
            disk.write(chance.randbytes(MIB))


def text_disk(path, size):
    """Bytes that pack to about a third, as file systems with programs and logs do."""
    chance = random.Random("text")
    words = [chance.randbytes(chance.randint(2, 9)).hex() for _ in range(4000)]
    with open(path, "wb") as disk:
        for _ in range(size // MIB):
            text = " ".join(chance.choices(words, k=96 * KIB)).encode()[: MIB * 3 // 4]
            disk.write(text + chance.randbytes(MIB // 16))
            disk.write(bytes(range(256)) * (MIB // 256 - (len(text) + MIB // 16) // 256))


class Images:
    """Files below a folder, by name."""

    def __init__(self, folder, size):
        self.folder = folder
        self.size = size
        os.makedirs(f"{folder}/images", exist_ok=True)

    def path(self, name):
        """The image file, made where it is missing."""
        path = f"{self.folder}/images/{name}"
        if not os.path.exists(path):
            self._make(name, path)
            os.sync()
        return path

    def _make(self, name, path):
        kind, extension = name.rsplit(".", 1)
        fmt = FORMATS[extension]
        if name == "full.raw":
            random_disk(path, self.size)
        elif name == "small.raw":
            random_disk(path, self.size // 2)
        elif name == "text.raw":
            text_disk(path, self.size // 2)
        elif kind in ("zlib", "zstd"):
            convert(self.path("text.raw"), "raw", path, fmt, "-c", compression_type=kind)
        else:
            more = {"force_size": "on"} if fmt == "vpc" else {}
            convert(self.path(f"{kind}.raw"), "raw", path, fmt, **more)

    def fresh(self, name, allocated):
        """A new image for writing: empty, or with every cluster allocated."""
        path = f"{self.folder}/images/{name}"
        if os.path.exists(path):
            os.remove(path)
        size = self.size // 2
        if allocated:
            img("convert", "-q", "-f", "raw", "-O", FORMATS[name.rsplit(".", 1)[1]],
                self.path("small.raw"), path)
        else:
            create(path, FORMATS[name.rsplit(".", 1)[1]], size)
        os.sync()
        return path
