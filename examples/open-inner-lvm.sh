#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Reaches the volumes of an LVM that lies inside a guest's disk: in an image, or in a volume of an
# LVM of this host ("lvm in lvm").
. "$(dirname "$0")/functions.sh"

if [ $# -lt 2 ] || [ -n "${HELP:-}" ]; then
  usage "Usage: open-inner-lvm.sh IMAGE|DEVICE NUMBER [VOLUME [COMMAND...]]
Lists the volumes on the LVM in partition NUMBER (0: the whole disk) of a guest's disk. With VOLUME it
mounts that one read-only and runs COMMAND (default: find) in it. Nothing is written. Needs root.
The kernel reads what the guest has written: do this with guests that you trust.
Example: open-inner-lvm.sh /dev/vg0/guest 2 root cat etc/hostname"
fi
needs blkid losetup lvs mount partx vgchange vgs
image=$1 number=$2 volume=${3:-}
shift $(($# < 3 ? $# : 3))
[ $# -gt 0 ] || set -- find

if [ -b "$image" ]; then DISK=$image; else mount_image "$image"; fi
own=$(vgs --noheadings --options vg_name | tr -d ' ')
attach "$number" --read-only
# Only this device: the host's LVM and the guest's shall not mix.
group=$(vgs --devices "$LOOP" --noheadings --options vg_name | tr -d ' ')
[ -n "$group" ] || die "no LVM in partition $number"
! grep -qxF "$group" <<<"$own" || die "this host has a volume group $group itself"
if [ -z "$volume" ]; then
  lvs --devices "$LOOP" "$group"
  exit
fi
vgchange --devices "$LOOP" --config "activation { read_only_volume_list = [ \"$group\" ] }" \
  --quiet --activate y "$group" >/dev/null
deactivate() { vgchange --devices "$LOOP" --quiet --activate n "$group" >/dev/null; }
later deactivate
mount_guest "/dev/$group/$volume"
(cd "$GUEST" && "$@")
