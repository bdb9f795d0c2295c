#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The host runs full: the writer hears ENOSPC, what was synced stays, and with room writing goes on.
. "$(dirname "$0")/functions.sh"
. "$TESTS/writing.sh"

requires root fuse qemu

# fill DISK DONE: writes and syncs 64 KiB at a time, here and there, until that fails; the offsets
# that were synced go to the file DONE, the error's name to standard output.
fill() {
  python3 - "$1" "$2" <<'END'
import errno, os, sys
fd = os.open(sys.argv[1], os.O_RDWR)
steps = os.fstat(fd).st_size // 65536
with open(sys.argv[2], "w", encoding="ascii") as done:
    try:
        for step in range(steps):
            offset = step * 7 % steps * 65536
            os.pwrite(fd, bytes([step % 255 + 1]) * 65536, offset)
            os.fsync(fd)
            print(offset, step % 255 + 1, file=done)
        print("none")
    except OSError as e:
        print(errno.errorcode[e.errno])
END
}

# kept DISK DONE: how many of the synced offsets do not read as they were written.
kept() {
  python3 - "$1" "$2" <<'END'
import os, sys
fd = os.open(sys.argv[1], os.O_RDONLY)
lines = [line.split() for line in open(sys.argv[2], encoding="ascii")]
print(sum(os.pread(fd, 65536, int(o)) != bytes([int(b)]) * 65536 for o, b in lines))
END
}

mkdir host
mount -t tmpfs -o size=6M tmpfs host
for name in plain.qcow2 small.qcow2 plain.qcow plain.vdi plain.vmdk plain.vhd plain.raw; do
  find host -type f -delete
  writable_images host 16M "$name"
  dd if=/dev/zero of=host/ballast.bin bs=1M count=2 status=none
  mount_folder host
  disk=$MNT/$name.raw
  expect "error of $name" ENOSPC "$(fill "$disk" synced)"
  [ "$(wc -l <synced)" -gt 20 ] || fail "$name: full after $(wc -l <synced) writes"
  expect "synced blocks of $name that differ" 0 "$(kept "$disk" synced)"
  rm host/ballast.bin
  expect "$name: error of a write with room" "" \
    "$(dd if=/dev/urandom of="$disk" bs=64k count=4 seek=3 conv=notrunc,fsync status=none 2>&1)"
  cp "$disk" content
  unmount_folder
  not_corrupt "host/$name"
  holds "host/$name" content
done
