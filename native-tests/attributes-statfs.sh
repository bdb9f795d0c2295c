#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# stat -f shows the image's unit and the host's space.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images
qemu-img create -q -f qcow2 -o cluster_size=2M images/large.qcow2 1G
qemu-img create -q -f qcow2 -o cluster_size=64k images/disk.qcow2 1G
mount_folder images
expect "f_bsize" 2097152 "$(stat -f -c %s "$MNT/large.qcow2.raw")"
expect "f_bsize" 65536 "$(stat -f -c %s "$MNT/disk.qcow2.raw")"
ours=$(df --output=avail -B1M "$MNT" | tail -n 1)
host=$(df --output=avail -B1M images | tail -n 1)
difference=$((ours > host ? ours - host : host - ours))
[ $difference -lt 500 ] || fail "free: $ours MiB, not $host MiB"
