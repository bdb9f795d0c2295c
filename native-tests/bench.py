# SPDX-License-Identifier: Apache-2.0
"""Measures vdiskfs and its peers in turns and prints a table of medians and ratios."""

import argparse
import json
import os
import platform
import re
import statistics
import sys
import time

import bench_work as work
from bench_images import Images
from bench_servers import QemuFuse, Vdiskfs
from qemu import MIB, run

MEMORY_LIMIT_MIB = 512


class Case:
    """One line of the table: a load on an image, by us and by a peer."""

    def __init__(self, name, image, load, least, unit="MB/s", fresh=True, peer="qemu-fuse"):
        self.name = name
        self.image = image
        self.load = load
        self.least = least
        self.unit = unit
        self.fresh = fresh
        self.peer = peer

    def contestants(self):
        return ["vdiskfs", self.peer]


def dd(*words):
    """A pass with nothing cached at the client."""
    def load(path):
        work.forget(path)
        return work.dd(path, *words)
    return load


def second_dd(path):
    work.dd(path, "bs=1M")
    return work.dd(path, "bs=1M")


def random_reads(jobs):
    return lambda path: work.fio(path, "randread", jobs, "--readonly")


def random_writes(jobs, *words):
    return lambda path: work.fio(path, "randwrite", jobs, *words)


READS = [
    Case("sequential, cold", "full.qcow2", dd("bs=1M"), 3.5),
    Case("sequential, cold, server warm", "full.qcow2", dd("bs=1M"), 3.5, fresh=False),
    Case("sequential, O_DIRECT", "full.qcow2", dd("bs=1M", "iflag=direct"), 5),
    Case("random 4 KiB, O_DIRECT, 1 job", "full.qcow2", random_reads(1), 2.5, "IOPS", False),
    Case("random 4 KiB, O_DIRECT, 4 jobs", "full.qcow2", random_reads(4), 3, "IOPS", False),
    Case("dd bs=512", "full.qcow2", dd("bs=512", "count=262144"), 1, fresh=False),
    Case("zlib, sequential, cold", "zlib.qcow2", dd("bs=1M"), 2),
    Case("zstd, sequential, cold", "zstd.qcow2", dd("bs=1M"), 1.5),
    Case("vdi, sequential, cold", "small.vdi", dd("bs=1M"), 3.5),
    Case("vmdk, sequential, cold", "small.vmdk", dd("bs=1M"), 3.5),
    Case("vpc, sequential, cold", "small.vhd", dd("bs=1M"), 3.5),
    Case("second pass, cached", "full.qcow2", second_dd, 10, fresh=False),
    Case("qcow2 against raw", "full.qcow2", dd("bs=1M"), 0.9, fresh=False, peer="raw"),
    Case("onto a block device", "small.qcow2", None, 0.9, peer="qemu-img convert"),
]


class Write(Case):
    """Writing into an image that is new for every measurement."""

    def __init__(self, name, allocated, load, least, unit="IOPS"):
        super().__init__(name, "written.qcow2", load, least, unit)
        self.allocated = allocated


WRITES = [
    Write("sequential, new image", False, None, 2, "MB/s"),
    Write("sequential, allocated", True, None, 2, "MB/s"),
    Write("random 4 KiB write, 1 job", True, random_writes(1), 2),
    Write("random 4 KiB write, 4 jobs", True, random_writes(4), 2),
    Write("random 4 KiB write, new image", False, random_writes(1), 2),
    Write("random 4 KiB write and fsync", True, random_writes(1, "--fsync=1"), 1),
]


class Bench:
    """One run: the images, the servers that stay up, and the results."""

    def __init__(self, folder, size):
        self.folder = folder
        self.memory = 2 * size
        self.images = Images(folder, size)
        self.kept = {}
        self.results = {}

    def prepare(self, cases):
        """Makes all images before the first mount looks at the folder."""
        for case in cases:
            if not isinstance(case, Write):
                self.images.path(case.image)
            if case.peer == "raw":
                self.images.path("full.raw")

    @staticmethod
    def warm(path):
        run("dd", f"if={path}", "of=/dev/null", "bs=1M", "status=none")

    def measure(self, case, contestant):
        """One number."""
        if isinstance(case, Write):
            return self.write(case, contestant)
        image = self.images.path("full.raw" if contestant == "raw" else case.image)
        # The host may have dropped some of it since it was last read.
        self.warm(image)
        work.fresh_memory(self.memory)
        if contestant == "qemu-img convert":
            return self.convert(image)
        if contestant == "raw":
            contestant = "vdiskfs"
        load = case.load or self.copy_out
        if not case.fresh:
            return load(self.kept_path(contestant, image))
        return self.serve(contestant, image, load)

    def serve(self, contestant, image, load, writable=False):
        """A measurement with a server of its own."""
        place = f"{self.folder}/{contestant}-fresh"
        os.makedirs(place, exist_ok=True)
        server = self.server(contestant, place, writable)
        path = server.start(image)
        try:
            return load(path)
        finally:
            server.stop()

    def server(self, contestant, place, writable=False):
        if contestant == "qemu-fuse":
            return QemuFuse(place, writable)
        server = Vdiskfs(place)
        server.source = f"{self.folder}/images"
        return server

    def kept_path(self, contestant, image):
        """The raw file of a server that stays up until the end, one a contestant and image."""
        key = contestant if contestant == "vdiskfs" else f"{contestant} {image}"
        if key not in self.kept:
            place = f"{self.folder}/kept-{len(self.kept)}"
            os.makedirs(place)
            server = self.server(contestant, place)
            self.kept[key] = (server, server.start(image))
        path = self.kept[key][1]
        if contestant == "vdiskfs":
            path = f"{os.path.dirname(path)}/{os.path.basename(image)}.raw"
        return path

    def write(self, case, contestant):
        image = self.images.fresh(case.image, case.allocated)
        load = case.load or (lambda path: work.sequential_write(path, self.images.path("small.raw")))
        work.fresh_memory(self.memory)
        return self.serve(contestant, image, load, writable=True)

    def copy_out(self, path):
        size = os.stat(path).st_size
        loop = work.Loop(self.folder, size)
        try:
            return work.timed(size, "dd", f"if={path}", f"of={loop.device}", "bs=1M",
                              "iflag=direct", "conv=sparse,fsync", "status=none")
        finally:
            loop.close()

    def convert(self, image):
        size = json.loads(run("qemu-img", "info", "--output=json", image))["virtual-size"]
        loop = work.Loop(self.folder, size)
        try:
            return work.timed(size, "sh", "-c", 'qemu-img convert -n -O raw "$1" "$2" && sync "$2"',
                              "sh", image, loop.device)
        finally:
            loop.close()

    def rounds(self, cases, count):
        """Round 0 warms up the servers that stay and is not counted."""
        for number in range(count + 1):
            for case in cases:
                if number == 0 and case.fresh:
                    continue
                order = case.contestants()[:: 1 if number % 2 else -1]
                for contestant in order:
                    value = self.measure(case, contestant)
                    if number > 0:
                        self.results.setdefault((case.name, contestant), []).append(value)
            print(f"round {number} of {count}, load {os.getloadavg()[0]:.1f}", file=sys.stderr)

    def close(self):
        for server, _ in self.kept.values():
            server.stop()


def number(value, unit):
    return f"{value / 1000:.2f} GB/s" if unit == "MB/s" and value >= 1000 else f"{value:,.0f} {unit}"


def table(cases, results):
    """Markdown, and the rows for the JSON."""
    lines = ["| case | vdiskfs | peer | | ratio | at least |", "|---|---|---|---|---|---|"]
    rows = []
    for case in cases:
        ours, theirs = (results[case.name, who] for who in case.contestants())
        ratio = statistics.median(ours) / statistics.median(theirs)
        mark = "" if ratio >= case.least else " (missed)"
        lines.append(f"| {case.name} | {number(statistics.median(ours), case.unit)} | {case.peer} | "
                     f"{number(statistics.median(theirs), case.unit)} | {ratio:.2f} | "
                     f"{case.least}{mark} |")
        rows.append({"case": case.name, "image": case.image, "unit": case.unit, "peer": case.peer,
                     "vdiskfs": ours, "theirs": theirs, "ratio": ratio, "least": case.least})
    return lines, rows


def options():
    parser = argparse.ArgumentParser(prog="native-tests/bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured")
    parser.add_argument("-k", metavar="PATTERN", default="", help="only cases that match")
    parser.add_argument("--write", action="store_true", help="the cases that write, instead")
    parser.add_argument("--size", type=int, default=1536, help="MiB of the largest image")
    parser.add_argument("--json", default="/tmp/vdiskfs-bench.json", help="where all numbers go")
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    return parser.parse_args()


def main():
    chosen = options()
    cases = [c for c in (WRITES if chosen.write else READS) if re.search(chosen.k, c.name)]
    if not cases:
        sys.exit(f"bench: no case matches {chosen.k}")
    before = os.getloadavg()
    bench = Bench(chosen.folder, chosen.size * MIB)
    try:
        bench.prepare(cases)
        bench.rounds(cases, chosen.rounds)
    finally:
        bench.close()
    lines, rows = table(cases, bench.results)
    peak = max(Vdiskfs.peaks, default=0)
    about = (f"{time.strftime('%Y-%m-%d %H:%M')}, Linux {platform.release()}, {os.cpu_count()} "
             f"cores, load {before[0]:.1f} before and {os.getloadavg()[0]:.1f} after, medians of "
             f"{chosen.rounds} rounds")
    print("\n".join(lines))
    print(f"\nPeak memory of vdiskfs {peak:.0f} MiB (at most {MEMORY_LIMIT_MIB}). {about}.")
    with open(chosen.json, "w", encoding="utf-8") as file:
        json.dump({"about": about, "peak_memory_mib": peak, "cases": rows}, file, indent=1)


if __name__ == "__main__":
    main()
