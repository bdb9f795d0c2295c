#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# vdiskfs map --graph draws a disk of any size: as wide as the terminal, plain where it is none.
. "$(dirname "$0")/functions.sh"

requires qemu script

mkdir images
graph() { "$VDISKFS" map --graph "$@"; }

# 16 MiB of data, 16 of zeroes that hide data, 16 of the base's, 16 of holes; then 64 compressed.
random_file random $((16 << 20))
qemu-img create -q -f qcow2 images/base.qcow2 64M
qemu-io -f qcow2 -c 'write -P 1 16M 32M' images/base.qcow2 >out
qemu-img create -q -f qcow2 -b base.qcow2 -F qcow2 images/top.qcow2 128M
qemu-io -f qcow2 -c 'write -P 2 0 16M' -c 'write -z 16M 16M' images/top.qcow2 >out
for ((i = 64; i < 128; i += 16)); do qemu-io -f qcow2 -c "write -c -P 3 ${i}M 16M" images/top.qcow2 >out; done
bar() { printf "%$2s" "" | sed "s/ /$1/g"; }
LC_ALL=C COLUMNS=41 graph --rows 1 images/top.qcow2 >drawn
expect "a line" "     0 B $(bar '#' 4)$(bar 0 4)$(bar '=' 4)$(bar . 4)$(bar % 16)" "$(head -n 1 drawn)"
expect "the scale" "each cell is 4 MiB of 128 MiB" "$(sed -n 's/;.*//; 2p' drawn)"
expect "the legend" "# data 16 MiB (13%) % compressed 64 MiB (50%) = backing 16 MiB (13%) 0 zero 16 MiB (13%) . hole 16 MiB (13%)" \
  "$(tail -n +3 drawn | xargs)"
expect "UTF-8" "     0 B $(bar █ 4)$(bar ░ 4)$(bar ▒ 4)$(bar · 4)$(bar ▓ 16)" \
  "$(COLUMNS=41 graph --rows 1 images/top.qcow2 | head -n 1)"
expect "lines by default" 8 "$(graph images/top.qcow2 | grep -cE '^ *[0-9.]+ [KM]?i?B [█▓▒░·]+$')"
expect "widest line" 80 "$(graph images/top.qcow2 | grep '^ ' | wc -L)"

# tty WORDS...: what a terminal of 60 columns gets.
tty() { script -qec "stty cols 60; env $* '$VDISKFS' map --graph --rows 2 images/top.qcow2" /dev/null; }
tty TERM=xterm >colours
grep -q $'\e\[32m█' colours || fail "no colours on a terminal: $(cat -v colours)"
expect "width of a terminal" 60 "$(sed 's/\x1b\[[0-9;]*m//g; s/\r//; /^ /!d' colours | wc -L)"
tty TERM=xterm NO_COLOR=1 COLUMNS=50 >plain
if grep -q $'\e' plain; then fail "colours in spite of NO_COLOR"; fi
expect "COLUMNS on a terminal" 50 "$(sed 's/\r//; /^ /!d' plain | wc -L)"

for format in qcow2 raw; do
  qemu-img create -q -f $format images/empty.$format 0
  expect "an empty disk" "an empty disk: 0 B" "$(graph images/empty.$format)"
  "$VDISKFS" map images/empty.$format | tr -s ' ' >ours
  qemu-img map -f $format images/empty.$format | tr -s ' ' >theirs
  cmp ours theirs || fail "map of an empty disk: $(cat ours theirs)"
  "$VDISKFS" map --output=json images/empty.$format >ours
  qemu-img map -f $format --output=json images/empty.$format >theirs
  python3 -c 'import json
ours, theirs = json.load(open("ours")), json.load(open("theirs"))
assert [{k: e[k] for k in t} for e, t in zip(ours, theirs)] == theirs and len(ours) == len(theirs)' ||
    fail "map --output=json of an empty disk: $(cat ours theirs)"
done

qemu-img create -q -f qcow2 -o cluster_size=2M images/huge.qcow2 64T
qemu-io -f qcow2 -c 'write 40T 64k' images/huge.qcow2 >out
expect_match "64 TiB" "8 TiB .*40 TiB █·+" "$(graph images/huge.qcow2 | tr '\n' ' ')"
python3 "$TESTS/make_fragments.py" images
VDISKFS_JAVA_OPTS=-Xmx64m graph --rows 200 images/mixed.qcow2 >fragments || fail "a million fragments"
expect_match "half of it" "data 32 GiB \(50%\).*hole 32 GiB \(50%\)" "$(tail -n 2 fragments | tr '\n' ' ')"
fails_with 2 "--graph" "$VDISKFS" map --graph --output=json images/huge.qcow2
fails_with 2 "1 to 200" "$VDISKFS" map --graph --rows 0 images/huge.qcow2
