#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# `vdiskfs check` finds and mends in a damaged qcow2 what `qemu-img check` does.
. "$(dirname "$0")/functions.sh"

requires qemu

sparse_disk disk.raw
qemu-img convert -f raw -O qcow2 disk.raw good.qcow2

# compare_checks: both say the same of copies of image.qcow2, with the same options.
compare_checks() {
  local theirs=0 ours=0
  cp image.qcow2 theirs.qcow2
  cp image.qcow2 ours.qcow2
  qemu-img check --output=json -f qcow2 "$@" theirs.qcow2 >theirs.json 2>theirs.err || theirs=$?
  "$VDISKFS" check --output=json "$@" ours.qcow2 >ours.json 2>ours.err || ours=$?
  if [ $theirs = 1 ]; then
    # QEMU gives up on what it would have to rebuild, and prints no fields.
    expect "exit status for $kind, check $*, where qemu-img fails" 2 $ours
    return
  fi
  expect "exit status for $kind, check $*" $theirs $ours
  expect "fields for $kind, check $*" "$(fields theirs.json)" "$(fields ours.json)"
}

# fields FILE: those that both programs have to agree about.
fields() {
  python3 - "$1" <<'END'
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    data = json.load(file)
names = ("check-errors", "corruptions", "leaks", "leaks-fixed", "total-clusters",
         "allocated-clusters", "format")
print(*["%s=%s" % (name, data.get(name, 0)) for name in names])
END
}

for kind in none leak low copied twice end "leak low copied"; do
  cp good.qcow2 image.qcow2
  # shellcheck disable=SC2086 # several kinds are several words
  [ "$kind" = none ] || python3 "$TESTS/damage.py" image.qcow2 $kind
  compare_checks
  compare_checks -r leaks
  compare_checks -r all
  case $kind in
    twice | end) ;;
    *)
      qemu-img compare -q -f qcow2 -F raw ours.qcow2 disk.raw || fail "$kind: the repair lost data"
      "$VDISKFS" check ours.qcow2 >again || fail "$kind: not clean after the repair: $(cat again)" ;;
  esac
done
fails_with 2 "leaks or all" "$VDISKFS" check -r foo good.qcow2
fails_with 2 "human or json" "$VDISKFS" check --output=xml good.qcow2
fails_with 1 "No such file|no such file" "$VDISKFS" check missing.qcow2
