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
needs blkid mount
image=$1 number=$2
shift 2
[ $# -gt 0 ] || set -- find

mount_image "$image"
part "$number"
mount_guest "$PART"
(cd "$GUEST" && "$@")
