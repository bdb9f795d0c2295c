# SPDX-License-Identifier: Apache-2.0
"""What is measured: vdiskfs and the FUSE export of qemu-storage-daemon."""

import os
import subprocess
import time

from bench_images import FORMATS
from qemu import run

VDISKFS = os.environ.get("VDISKFS", "vdiskfs")


def wait_for(condition, what, seconds=30):
    """Waits until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"no {what} after {seconds} seconds")
        time.sleep(0.02)


def peak_memory_mib(pid):
    """The largest resident set that a process ever had."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmHWM"):
                return int(line.split()[1]) / 1024
    raise RuntimeError(f"no VmHWM of {pid}")


class Vdiskfs:
    """A mount of the folder of images."""

    name = "vdiskfs"
    peaks = []

    def __init__(self, folder, options=""):
        self.mount = f"{folder}/mnt"
        self.log = f"{folder}/log"
        self.options = options
        self.source = f"{folder}/images"
        self.pid = None

    def start(self, image):
        """Serves an image; returns the raw file."""
        os.makedirs(self.mount, exist_ok=True)
        options = f"log={self.log}" + (f",{self.options}" if self.options else "")
        run(VDISKFS, "mount", "-o", options, self.source, self.mount)
        self.pid = int(os.getxattr(self.mount, "user.vdiskfs.pid"))
        return f"{self.mount}/{os.path.basename(image)}.raw"

    def stop(self):
        """Unmounts and waits for the end of the server."""
        self.peaks.append(peak_memory_mib(self.pid))
        run("umount", self.mount)
        wait_for(lambda: not os.path.exists(f"/proc/{self.pid}"), "end of vdiskfs")


class QemuFuse:
    """qemu-storage-daemon with one image exported over a regular file."""

    name = "qemu-fuse"

    def __init__(self, folder, writable=False):
        self.file = f"{folder}/export"
        self.writable = "on" if writable else "off"
        self.process = None

    def start(self, image):
        """Serves an image; returns the raw file."""
        with open(self.file, "wb"):
            pass
        fmt = FORMATS[image.rsplit(".", 1)[1]]
        read_only = "off" if self.writable == "on" else "on"
        self.process = subprocess.Popen([
            "qemu-storage-daemon",
            "--blockdev", f"driver=file,node-name=f,filename={image},read-only={read_only}",
            "--blockdev", f"driver={fmt},node-name=d,file=f,read-only={read_only}",
            "--export", "type=fuse,id=e,node-name=d,allow-other=off,"
            f"mountpoint={self.file},writable={self.writable}"])
        wait_for(lambda: os.stat(self.file).st_size > 0, "FUSE export of QEMU")
        return self.file

    def stop(self):
        """Ends the daemon, which unmounts and flushes."""
        self.process.terminate()
        self.process.wait()
