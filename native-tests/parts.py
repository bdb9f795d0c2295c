#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares the files of partitions with what sfdisk says of the raw disk.

Usage: sfdisk --json RAW | parts.py RAW FOLDER. The folder need not exist where there is no partition.
Of an extended partition Linux shows two sectors.
"""
import json
import os
import re
import sys

EXTENDED = ("5", "f", "85")


def main(raw, folder):
    table = json.load(sys.stdin)["partitiontable"]
    sector = table.get("sectorsize", 512)
    expected = {}
    for part in table.get("partitions", []):
        number = re.search(r"(\d+)$", part["node"]).group(1)
        size = part["size"] * sector
        expected["p%s.raw" % number] = (
            part["start"] * sector, min(size, 1024) if part["type"] in EXTENDED else size)
    names = set(os.listdir(folder)) if os.path.exists(folder) else set()
    if names != set(expected):
        sys.exit("%s: %s, expected %s" % (folder, sorted(names), sorted(expected)))
    with open(raw, "rb") as disk:
        for name, (start, size) in expected.items():
            compare(disk, start, size, os.path.join(folder, name))


def compare(disk, start, size, path):
    if os.stat(path).st_size != size:
        sys.exit("%s: %d bytes, expected %d" % (path, os.stat(path).st_size, size))
    disk.seek(start)
    with open(path, "rb") as part:
        at = 0
        while at < size:
            want = disk.read(min(1 << 20, size - at))
            if part.read(len(want)) != want:
                sys.exit("%s differs in the MiB from %d on" % (path, at))
            at += len(want)
        if part.read(1):
            sys.exit("%s does not end at %d" % (path, size))


if __name__ == "__main__":
    main(*sys.argv[1:])
