#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# 32 readers, lookers and seekers while images are replaced: no request takes 5 seconds.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images spare
for i in 1 2 3 4 5 6; do
  random_file $i.raw 4194304 $i
  qemu-img convert -f raw -O qcow2 $i.raw spare/$i.qcow2
  qemu-img convert -f raw -O qcow2 -c $i.raw spare/$i-packed.qcow2
  cp spare/$i.qcow2 images/a$i.qcow2
  cp spare/$i-packed.qcow2 images/b$i.qcow2
done
printf 'QFI\xfb\0\0\0\3' >images/broken.qcow2
mount_folder images
pid=$(server_pid)
python3 "$TESTS/hang.py" "$MNT" images spare "$(long_or 60)" || fail "slow, stuck or wrong"
kill -0 "$pid" || fail "the server has ended"
within 10 bash -c "! find /proc/$pid/fd -lname '$TMP/images/*' | grep -q ." ||
  fail "images are still open: $(find "/proc/$pid/fd" -lname "$TMP/images/*" -printf '%l ')"
unmount_folder
