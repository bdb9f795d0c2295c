# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What the tests of hosts that do not answer share, on top of functions.sh: in images/, the folder
# stuck is a file system of its own with bad1.raw.raw to bad6.raw.raw, all copies of disk.raw. Its
# server is $STUCK; good1.qcow2 and good2.qcow2 lie beside it.

requires root fuse qemu

mkdir -p images/stuck inner
sparse_disk disk.raw
for i in 1 2 3 4 5 6; do cp disk.raw "inner/bad$i.raw"; done
for i in 1 2; do qemu-img convert -f raw -O qcow2 disk.raw "images/good$i.qcow2"; done
"$VDISKFS" mount -o "cache=none,log=$TMP/stuck.log" inner images/stuck
STUCK=$(server_pid "$TMP/images/stuck")
# Whatever becomes of the test, the file system answers again.
trap 'status=$?; kill -CONT "$STUCK"; finish $status' EXIT

stall() { kill -STOP "$STUCK"; }
go_on() { kill -CONT "$STUCK"; }

# read_at FD MIB: reads a byte at this place of an open file.
read_at() { python3 -c "$READER" "$@"; }

# read_later FD MIB: the same beside the test; the process joins $readers.
read_later() {
  python3 -c "$READER" "$@" &
  readers+=($!)
}
READER='import os, sys; os.pread(int(sys.argv[1]), 1, int(sys.argv[2]) << 20)'
readers=()

alive() { kill -0 "$1" 2>/dev/null; }
