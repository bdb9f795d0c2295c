#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# 10,000 images are listed with ls -l in seconds, within 512 MiB.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images
qemu-img create -q -f qcow2 one.qcow2 10G
python3 - <<'END'
content = open("one.qcow2", "rb").read()
for i in range(10000):
    with open(f"images/{i:05}.qcow2", "wb") as file:
        file.write(content[:65536 * 3 + 8])
        file.truncate(len(content))
END
mount_folder images
pid=$(server_pid)
start=$(date +%s)
# shellcheck disable=SC2012 # it is ls that is tested
count=$(timeout 120 ls -l "$MNT" | grep -c ' 10737418240 ') || fail "ls -l needs more than 120 seconds"
took=$(($(date +%s) - start))
expect "images with their size" 10000 "$count"
[ $took -le 60 ] || fail "ls -l took $took seconds"
start=$(date +%s)
timeout 120 ls -l "$MNT" >/dev/null
again=$(($(date +%s) - start))
rss=$(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$pid/status")
echo "first listing $took s, second $again s, peak memory $rss MiB"
[ "$rss" -lt 512 ] || fail "the server took $rss MiB"
