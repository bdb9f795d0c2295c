#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# 16 readers at random places of images of every format: right bytes, bounded memory.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images
for i in 1 2; do
  python3 -c 'import sys; sys.path.insert(0, sys.argv[1]); import qemu
qemu.mixed_disk(sys.argv[2], 48 << 20, sys.argv[2])' "$TESTS" "$i.raw"
  qemu-img convert -f raw -O qcow2 $i.raw images/$i.qcow2
  qemu-img convert -f raw -O qcow2 -c $i.raw images/$i-packed.qcow2
  qemu-img convert -f raw -O vmdk $i.raw images/$i.vmdk
  qemu-img convert -f raw -O vmdk -o subformat=streamOptimized $i.raw images/$i-packed.vmdk
  qemu-img convert -f raw -O vdi $i.raw images/$i.vdi
  qemu-img convert -f raw -O vpc -o force_size=on $i.raw images/$i.vhd
  cp $i.raw images/$i.raw
done
mount_folder images
pid=$(server_pid)
python3 "$TESTS/storm.py" "$MNT" "$TMP" "$(long_or 30)" || fail "wrong bytes or errors"
rss=$(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$pid/status")
echo "peak memory $rss MiB"
[ "$rss" -lt 768 ] || fail "the server took $rss MiB"
expect "open images after the storm" 0 \
  "$(find "/proc/$pid/fd" -lname "$TMP/images/*" | wc -l)"
unmount_folder
if grep -E "ERROR|Exception" log; then fail "errors in the log"; fi
