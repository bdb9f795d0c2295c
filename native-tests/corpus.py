# SPDX-License-Identifier: Apache-2.0
"""Compares the corpus of foreign images with its index: corpus.py CORPUS MOUNT.

Each image whose sha256 the index gives must have it in the mount, and QEMU's map and info; of the
others this table says what becomes of them.
"""

import errno
import os
import re
import sys

import compare

HIDDEN = "hidden"

# What the index has no checksum for, or one of a format that QEMU misreads.
OTHERS = {
    "dfvfs/fat-differential.vhd": "EIO",
    "kubevirt-cdi/cirros-snapshot1.qcow2": "EIO",
    "kubevirt-cdi/cirros-snapshot2.qcow2": "EIO",
    "kubevirt-cdi/invalid/invalid-qcow-backing-file.img": "EIO",
    "kubevirt-cdi/invalid/invalid-qcow-large-memory.img": "EIO",
    "ltrdata-discutils/vhdx-log-replay.vhdx": HIDDEN,
    "masahiro331-go-vmdk/vmdk-invalid.img": "EIO",
    "securityronin-vmdk/flat-f001.vmdk": HIDDEN,
    "securityronin-vmdk/mono_flat-flat.vmdk": HIDDEN,
    "securityronin-vmdk/tw_sparse-s001.vmdk": HIDDEN,
    "securityronin-vmdk/ms3-win.vmdk": "EIO",
    "securityronin-vmdk/tw_sparse_data.vmdk": "EIO",
    "strozfriedberg-vmdk-rs/monolithicFlat.vmdk": "EIO",
    "strozfriedberg-vmdk-rs/twoGbMaxExtentFlat.vmdk": "EIO",
    "strozfriedberg-vmdk-rs/twoGbMaxExtentSparse-s001.vmdk": HIDDEN,
    "strozfriedberg-vmdk-rs/vmfs_thick-000001.vmdk": "EIO",
    "strozfriedberg-vmdk-rs/vmfs_thick-flat.vmdk": HIDDEN,
}

# QEMU refuses these two for their footer's checksum; both have a sound copy of it or are damaged
# beyond it, so that either an error or a size is an answer: what counts is that they do not hang.
TOLERANT = {"dfvfs/image.vhd", "dfvfs/image-differential.vhd"}

# Made to hurt: served or refused, at once.
HOSTILE = {"kubevirt-cdi/invalid/invalid-qcow-large-json.img",
           "kubevirt-cdi/invalid/invalid-qcow-large-size.img"}


def index(corpus):
    """The images of the index: path, and sha256 or None."""
    folder = None
    with open(os.path.join(corpus, "INDEX.md"), encoding="utf-8") as file:
        for line in file:
            if line.startswith("## "):
                folder = line[3:].strip()
            cells = [cell.strip() for cell in line.split("|")]
            if folder and len(cells) > 6 and cells[1] not in ("file", "---"):
                found = re.fullmatch(r"`([0-9a-f]{64})`|([0-9a-f]{64})", cells[5])
                yield f"{folder}/{cells[1]}", found and (found[1] or found[2])


def outcome(shown):
    """What opening a raw file gives: hidden, OK or the error's name."""
    try:
        os.close(os.open(shown, os.O_RDONLY))
        return "OK"
    except OSError as e:
        names = {errno.ENOENT: HIDDEN, errno.EOPNOTSUPP: "EOPNOTSUPP"}
        return names.get(e.errno, errno.errorcode[e.errno])


def problems(mount, image, sha256):
    shown = os.path.join(mount, image + ".raw")
    got = outcome(shown)
    if image in TOLERANT:
        return [] if got in ("OK", "EIO") else [f"opening gives {got}"]
    if image in HOSTILE:
        return [] if got in ("OK", "EIO", "EOPNOTSUPP") else [f"opening gives {got}"]
    want = OTHERS.get(image, "OK")
    if got != want:
        return [f"opening gives {got}, expected {want}"]
    if want != "OK":
        return []
    if compare.sha256(shown) != sha256:
        return ["content is not that of the index"]
    return [line.split(": ", 1)[1] for line in compare.check(mount, image)]


def main(corpus, mount):
    count, bad = 0, 0
    for image, sha256 in index(corpus):
        count += 1
        for problem in problems(mount, image, sha256):
            bad += 1
            print(f"MISMATCH {image}: {problem}")
    print(f"{count} images, {bad} mismatches")
    return 1 if bad or count < 40 else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
