#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `vdiskfs check` counts the references of 200 snapshots that share tables as `qemu-img check` does,
# and mends what is wrong with them.
. "$(dirname "$0")/functions.sh"

requires qemu

gunzip -c "$ROOT/src/test/resources/qcow2-write/many-snapshots.qcow2.gz" >good.qcow2
expect "snapshots" 200 "$(qemu-img snapshot -l good.qcow2 | grep -c ' s[0-9]')"

# words COMMAND...: the exit status of a check and what it found.
words() {
  local status=0
  "$@" >found.json 2>found.err || status=$?
  python3 -c 'import json, sys
data = json.load(open(sys.argv[1], encoding="utf-8"))
names = ("check-errors", "corruptions", "leaks", "allocated-clusters", "total-clusters")
print("status=" + sys.argv[2], *["%s=%s" % (name, data.get(name, 0)) for name in names])
' found.json "$status"
}

for kind in none leak low "leak low"; do
  cp good.qcow2 image.qcow2
  # shellcheck disable=SC2086 # several kinds are several words
  [ "$kind" = none ] || python3 "$TESTS/damage.py" image.qcow2 $kind
  expect "check of $kind" "$(words qemu-img check --output=json -f qcow2 image.qcow2)" \
    "$(words "$VDISKFS" check --output=json image.qcow2)"
  "$VDISKFS" check -r all image.qcow2 >mended || fail "$kind is not mended: $(cat mended)"
  qemu-img check -q -f qcow2 image.qcow2 || fail "$kind: QEMU finds something after the repair"
  for snapshot in s1 s100 s200; do
    qemu-img convert -f qcow2 -O raw -l "$snapshot" good.qcow2 before.raw
    qemu-img convert -f qcow2 -O raw -l "$snapshot" image.qcow2 after.raw
    same_content before.raw after.raw
  done
done
