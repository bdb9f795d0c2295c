#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `vdiskfs check` finds damage in the other formats too, with qemu-img's exit codes.
. "$(dirname "$0")/functions.sh"
. "$TESTS/writing.sh"

requires qemu

sparse_disk disk.raw
for name in plain.vdi plain.vmdk plain.vhd plain.qcow plain.qcow2; do
  qemu-img convert -f raw -O "$(qemu_name "$name")" disk.raw "$name"
  sound "$name"
  # The tail with data, or with the tables' targets, is gone.
  cp "$name" "short.$name"
  truncate -s 200000 "short.$name"
  status=0
  "$VDISKFS" check "short.$name" >check.out 2>&1 || status=$?
  case $status in 1 | 2) ;; *) fail "$name, cut off: status $status, $(head -n 3 check.out)" ;; esac
done

# A VDI with two blocks in the same place, and with a wrong count of blocks.
cp plain.vdi twice.vdi
python3 - twice.vdi <<'END'
import struct, sys
with open(sys.argv[1], "r+b") as file:
    file.seek(0x154)
    blocks = struct.unpack("<I", file.read(4))[0]
    file.seek(blocks)
    entries = list(struct.unpack("<8I", file.read(32)))
    used = [i for i, entry in enumerate(entries) if entry < 0xFFFFFFF0]
    file.seek(blocks + 4 * used[1])
    file.write(struct.pack("<I", entries[used[0]]))
END
theirs=0 ours=0
qemu-img check -f vdi twice.vdi >/dev/null 2>&1 || theirs=$?
"$VDISKFS" check twice.vdi >/dev/null 2>&1 || ours=$?
expect "exit status for a VDI with a block used twice" $theirs $ours

# The copy of a VMDK's grain directory, which QEMU never looks at.
cp plain.vmdk copy.vmdk
python3 - copy.vmdk <<'END'
import struct, sys
with open(sys.argv[1], "r+b") as file:
    file.seek(48)
    directory = struct.unpack("<Q", file.read(8))[0] * 512
    file.seek(directory)
    table = struct.unpack("<I", file.read(4))[0] * 512
    file.seek(table)
    file.write(bytes(2048))
END
fails_with 3 "" "$VDISKFS" check copy.vmdk
grep -q "redundant grain table" stdout || fail "the copy is not named: $(cat stdout)"
"$VDISKFS" check -r leaks copy.vmdk >check.out || fail "the copy cannot be repaired: $(cat check.out)"
sound copy.vmdk
holds copy.vmdk disk.raw
fails_with 63 "" "$VDISKFS" check disk.raw
