#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Names with control characters, as file names and inside of images: no line of the log and no
# screen of an administrator is forged by them.
. "$(dirname "$0")/functions.sh"
. "$TESTS/attacks.sh"

requires fuse qemu getfattr

mkdir images
forged=$'\n2026-01-01 00:00:00,000 ERROR forged: line\r\e[2J\u009b2J\u2028end'
overlay "name$forged.qcow2" nowhere.raw
overlay inside.qcow2 "base$forged.raw"
overlay outside.qcow2 "/outside$forged.raw"
descriptor extent.vmdk "RW 2048 FLAT \"/outside"$'\r\e[2J\u009b2J'"\" 0"
printf 'QFI\xfb\0\0\0\3garbage' >images/$'broken\n\e[2J.qcow2'
printf 'text' >images/$'\xff\xfe.raw'
mount_folder images debug
ls "$MNT" >ls.out
ls -l "$MNT" >ls.out || true
for name in "$MNT"/*; do
  head -c 1 "$name" >out 2>&1 || true
  getfattr --absolute-names --only-values -n user.vdiskfs.error "$name" >>errors 2>&1 || true
done
"$VDISKFS" ls images >>screen 2>&1 || true
for name in images/*; do "$VDISKFS" info "$name" >>screen 2>&1 || true; done
unmount_folder
grep -q 'cannot be served' log || fail "nothing in the log"
python3 - log screen <<'END' || fail "forged output"
import sys
for name in sys.argv[1:]:
    text = open(name, encoding="utf-8", errors="surrogateescape", newline="").read()
    bad = {c for c in text if c != "\n" and (ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u2028\u2029")}
    lines = [line for line in text.split("\n") if line.startswith("2026-01-01")]
    if bad or lines or "forged" not in text:
        print(name, sorted(map(ord, bad)), lines)
        sys.exit(1)
END
