# SPDX-License-Identifier: Apache-2.0
"""Compares what vdiskfs says is on a disk with what util-linux says of the same bytes.

inside.py blkid FOLDER      reads vdiskfs ls --output=json of a folder of raw images
inside.py sfdisk RAW        reads vdiskfs info --output=json of an image of that raw disk
"""

import json
import subprocess
import sys

EXTENDED = ("5", "f", "85")


def blkid(path, *words):
    """TYPE, LABEL and UUID of a file or of a part of it, None where there is none."""
    found = {}
    for tag in ("TYPE", "LABEL", "UUID"):
        run = subprocess.run(["blkid", "-p", *words, "-o", "value", "-s", tag, path],
                             capture_output=True, check=False)
        found[tag.lower()] = run.stdout.decode("utf-8", "replace").rstrip("\n").rstrip() or None
    return found


def contents(item):
    """The same of what vdiskfs found."""
    found = item.get("contents", {})
    return {name: found.get(name) for name in ("type", "label", "uuid")}


def compare_folder(folder):
    items = json.load(sys.stdin)
    for item in items:
        expected = blkid(f"{folder}/{item['filename']}")
        got = contents(item)
        print(item["filename"], got)
        assert got == expected, f"{item['filename']}: blkid has {expected}, vdiskfs {got}"
        assert item["partitions"] == [] and "partition-table" not in item, item
    return len(items)


def type_names(label):
    """sfdisk's words for the types of partitions."""
    run = subprocess.run(["sfdisk", "-T", "-X", label], capture_output=True, check=True, text=True)
    rows = [line.split(None, 1) for line in run.stdout.splitlines()]
    return {row[0]: row[1].strip() for row in rows if len(row) == 2}


def compare_table(raw):
    got = json.load(sys.stdin)
    run = subprocess.run(["sfdisk", "--json", raw], capture_output=True, check=True)
    table = json.loads(run.stdout)["partitiontable"]
    unit = table["sectorsize"]
    assert got["partition-table"]["type"] == table["label"], got["partition-table"]
    assert got["partition-table"]["id"] == table["id"], got["partition-table"]
    assert got["partition-table"]["sector-size"] == unit, got["partition-table"]
    expected = {int(p["node"].rsplit(".raw", 1)[1]): p for p in table.get("partitions", [])}
    partitions = got["partitions"]
    names = type_names(table["label"])
    assert [p["number"] for p in partitions] == sorted(expected), partitions
    for p in partitions:
        want = expected[p["number"]]
        # Of an extended partition programs see room for a boot loader.
        size = 1024 if want["type"] in EXTENDED else want["size"] * unit
        assert (p["start"], p["size"]) == (want["start"] * unit, size), (p, want)
        assert p["type"] == want["type"], (p, want)
        assert p["type-name"] == names[p["type"]], p
        assert p.get("uuid") == want.get("uuid") and p.get("name") == want.get("name"), (p, want)
        if want["type"] not in EXTENDED:
            inside = blkid(raw, "-O", str(p["start"]), "-S", str(p["size"]))
            assert contents(p) == inside, f"partition {p['number']}: {p}, blkid has {inside}"
    return len(partitions)


print({"blkid": compare_folder, "sfdisk": compare_table}[sys.argv[1]](sys.argv[2]))
