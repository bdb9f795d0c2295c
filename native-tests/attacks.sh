# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What the tests of attacks share, on top of functions.sh.

# watch FILE...: from now on whoever opens one of the files is noticed.
watch() {
  coproc CANARY { python3 "$TESTS/canary.py" "$@"; }
  local line
  read -r line <&"${CANARY[0]}"
  expect "canary" watching "$line"
}

# unopened: fails where one of the watched files was opened since.
unopened() {
  local opened
  echo end >&"${CANARY[1]}"
  opened=$(cat <&"${CANARY[0]}")
  wait "$CANARY_PID" || fail "the canary died"
  [ -z "$opened" ] || fail "opened: $opened"
}

# refused NAME ERRNO PATTERN: an image cannot be opened, and the attribute and the log say why.
refused() {
  local reason
  expect "$1" "$2" "$(open_errors "$MNT/$1.raw")"
  expect "size and mode of $1" "0 0" "$(stat -c '%s %a' "$MNT/$1.raw")"
  reason=$(getfattr --absolute-names --only-values -n user.vdiskfs.error "$MNT/$1.raw" 2>&1)
  expect_match "reason for $1" "$3" "$reason"
  grep -qF "$1 cannot be served" log || fail "no line in the log about $1"
}

# overlay NAME BACKING [FORMAT]: an empty qcow2 image in images/ that names a file.
overlay() { qemu-img create -q -u -f qcow2 -b "$2" -F "${3:-raw}" "images/$1" 1M; }

# data_image NAME DATA-FILE: a qcow2 image that keeps its data in another file.
data_image() {
  local data=0123456789abcdef
  rm -f "$TMP/$data"
  qemu-img create -q -f qcow2 -o "data_file=$data" "$TMP/data.tmp" 1M
  python3 - "$TMP/data.tmp" "images/$1" "$data" "$2" <<'END'
import struct, sys
source, target, old, new = sys.argv[1:]
image = bytearray(open(source, "rb").read())
at = image.index(old.encode())
length = struct.unpack(">I", image[at - 4:at])[0]
assert length == len(old)
name = new.encode()
# The list of extensions ends behind this one.
image[at - 4:at + 1024] = (struct.pack(">I", len(name)) + name).ljust(1028, b"\0")
open(target, "wb").write(image)
END
}

# descriptor NAME EXTENT-LINE...: a VMDK of extents in other files.
descriptor() {
  {
    printf '# Disk DescriptorFile\nversion=1\nCID=1\nparentCID=ffffffff\ncreateType="custom"\n'
    printf '%s\n' "${@:2}"
  } >"images/$1"
}
