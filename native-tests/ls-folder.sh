#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# vdiskfs ls names every image of a folder with format and sizes, or what is wrong with it.
. "$(dirname "$0")/functions.sh"

requires qemu

mkdir -p images/sub
qemu-img create -q -f qcow2 images/disk.qcow2 3G
qemu-img create -q -f qcow2 -b disk.qcow2 -F qcow2 images/top.qcow2
truncate -s 5M images/sub/plain.raw
qemu-img create -q -u -f qcow2 -b nowhere.qcow2 -F qcow2 images/lost.qcow2 1M
echo "some text" >images/readme.txt

"$VDISKFS" ls images >human || true
for pattern in 'disk\.qcow2 .*qcow2.*3.*G' 'top\.qcow2 .*qcow2.*3.*G.*disk\.qcow2' \
  'plain\.raw .*raw.*5.*M' 'lost\.qcow2 .*nowhere\.qcow2'; do
  grep -qE "$pattern" human || fail "ls shows no line like '$pattern': $(cat human)"
done
if grep -q readme human; then fail "ls shows a text file"; fi
"$VDISKFS" ls --output=json images >json || true
python3 - <<'END' || fail "ls --output=json: $(cat json)"
import json
found = {e["filename"]: e for e in json.load(open("json"))}
assert sorted(found) == ["disk.qcow2", "lost.qcow2", "sub/plain.raw", "top.qcow2"], sorted(found)
assert found["disk.qcow2"]["format"] == "qcow2"
assert found["disk.qcow2"]["virtual-size"] == 3 << 30
assert found["sub/plain.raw"]["virtual-size"] == 5 << 20
END
