#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The words that fstab adds are ignored.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images
qemu-img create -q -f qcow2 images/disk.qcow2 1M
mount_folder images _netdev,nofail,user,noauto,x-systemd.automount,dev,suid,exec,relatime,ro
[ -r "$MNT/disk.qcow2.raw" ] || fail "not mounted"
