#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Clones a guest's disk: as an image that stands alone, or as one that is based on the first.
. "$(dirname "$0")/functions.sh"

if [ $# -lt 2 ] || [ $# -gt 3 ] || [ "${3:-linked}" != linked ] || [ -n "${HELP:-}" ]; then
  usage "Usage: clone-disk.sh IMAGE NEW [linked]
Makes NEW, a clone of the disk in IMAGE. The guest must be shut down. With 'linked', NEW is a qcow2
that holds only what will differ and needs IMAGE, which nobody may write to from then on.
The clone has the names, addresses and keys of the first: change them before both run.
Example: clone-disk.sh examples/images/guest.qcow2 /tmp/clone.qcow2"
fi
image=$1 new=$2

if [ $# = 2 ]; then
  exec "$(dirname "$0")/convert-image.sh" "$image" "$new"
fi
format=$("$VDISKFS" info "$image" | sed -n 's/^file format: //p')
"$VDISKFS" create -f qcow2 -b "$(realpath "$image")" -F "$format" "$new"
echo "$new: based on $image"
