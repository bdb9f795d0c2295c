#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Finds out whether anybody opens files: canary.py FILE... prints "watching", waits for a line on
stdin and prints the names of those that somebody opened meanwhile, or tried to. A regular file has
a lease, which every opening breaks; a fifo has a writer, who waits for a reader."""

import fcntl
import os
import signal
import stat
import subprocess
import sys

# Broken leases tell by a signal, which ends the process otherwise.
signal.signal(signal.SIGIO, signal.SIG_IGN)
watches = []
for name in sys.argv[1:]:
    if stat.S_ISFIFO(os.stat(name).st_mode):
        writer = subprocess.Popen(
            [sys.executable, "-c", "import sys; open(sys.argv[1], 'w')", name])
        watches.append((name, lambda w=writer: w.poll() is not None, writer.kill))
    else:
        file = os.open(name, os.O_RDWR)
        fcntl.fcntl(file, fcntl.F_SETLEASE, fcntl.F_WRLCK)
        held = lambda f=file: fcntl.fcntl(f, fcntl.F_GETLEASE) != fcntl.F_WRLCK
        watches.append((name, held, lambda f=file: os.close(f)))
print("watching", flush=True)
sys.stdin.readline()
for name, opened, end in watches:
    if opened():
        print(name)
    end()
