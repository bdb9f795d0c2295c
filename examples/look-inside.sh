#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Shows the files of a guest, read-only, without starting it.
. "$(dirname "$0")/functions.sh"

if [ $# -lt 2 ] || [ -n "${HELP:-}" ]; then
  usage "Usage: look-inside.sh IMAGE NUMBER [COMMAND...]
Mounts the file system in partition NUMBER (0: the whole disk) of the disk in IMAGE, read-only and
without replaying its journal, and runs COMMAND (default: find) in it. Needs root.
The kernel reads what the guest has written: do this with guests that you trust.
Example: look-inside.sh examples/images/guest.qcow2 1 cat hello.txt"
fi
needs getfattr losetup mount mountpoint sfdisk
image=$1 number=$2
shift 2
[ $# -gt 0 ] || set -- find

[ "$(id -u)" = 0 ] || die "needs root for losetup and mount"
[[ $number =~ ^[0-9]+$ ]] || die "$number is not the number of a partition"
mount_image "$image"
if [ "$number" = 0 ]; then
  START=0 SIZE=$(stat -c %s "$DISK")
else
  partition "$number"
fi
LOOP=$(losetup --find --show --read-only --offset "$START" --sizelimit "$SIZE" "$DISK")
GUEST=$WORK/guest
mkdir "$GUEST"
options=ro,nodev,nosuid,noexec
case $(blkid -o value -s TYPE "$LOOP") in
  ext3 | ext4) options+=,noload ;;
  xfs) options+=,norecovery,nouuid ;;
esac
mount -o "$options" "$LOOP" "$GUEST"
(cd "$GUEST" && "$@")
