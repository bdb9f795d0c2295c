#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A tenant swaps the backing file, the image or its folder for a link to a file of the host while
# the image is opened: what lies outside is never opened.
. "$(dirname "$0")/functions.sh"
. "$TESTS/attacks.sh"

requires root fuse qemu getfattr

mkdir -p images/folder outside
python3 -c 'print("inside " * 9362, end="")' >images/folder/base.raw
python3 -c 'print("SECRET " * 9362, end="")' >outside/base.raw
overlay disk.qcow2 folder/base.raw
cp images/folder/base.raw images/plain.raw
watch outside/base.raw
mount_folder images

# The attacker: exchanges names as fast as possible, each in one step (RENAME_EXCHANGE).
python3 - <<'END' &
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
os.symlink("../../outside/base.raw", "images/folder/link")
os.symlink("../outside", "images/outfolder")
os.symlink("../outside/base.raw", "images/plainlink")
pairs = [(b"images/folder/base.raw", b"images/folder/link"), (b"images/folder", b"images/outfolder"),
         (b"images/plain.raw", b"images/plainlink")]
while True:
    for a, b in pairs:
        libc.renameat2(-100, a, -100, b, 2)
END
attacker=$!
end=$((SECONDS + $(long_or 10)))
served=0 refused=0
while [ $SECONDS -lt $end ]; do
  for name in disk.qcow2 plain.raw; do
    if head -c 65534 "$MNT/$name.raw" >got 2>errors; then served=$((served + 1)); else refused=$((refused + 1)); fi
    if grep -q SECRET got; then fail "$name shows the secret"; fi
  done
done
kill $attacker
echo "$served served, $refused refused"
[ $((served * refused)) -gt 0 ] || fail "no race: $served served, $refused refused"
unopened
