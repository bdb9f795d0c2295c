#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What a guest wrote on its disk neither forges lines nor stops a listing, nor makes it long.
. "$(dirname "$0")/functions.sh"
. "$TESTS/locking.sh"

requires qemu qemu-storage-daemon sfdisk mkfs.ext4 mkfs.xfs

mkdir images
truncate -s 16M images/label.raw
mkfs.ext4 -q -L x images/label.raw
printf 'a\n\e[2J\xc2\x9b\xe2\x80\xaeb\xff"' | dd of=images/label.raw bs=1 seek=1144 conv=notrunc status=none

# A chain of logical partitions that leads back to its start.
truncate -s 64M images/loop.raw
sfdisk -q --no-reread --no-tell-kernel images/loop.raw <<<$'label: dos\n,,5\n4M,2M,83\n8M,2M,83' || fail "sfdisk"
python3 - images/loop.raw <<'END'
import struct, sys
with open(sys.argv[1], "r+b") as file:
    table = 2048 * 512
    file.seek(table + 446 + 16 + 8)
    link = struct.unpack("<I", file.read(4))[0]
    file.seek(table + link * 512 + 446 + 16)
    file.write(struct.pack("<4xB3xII", 5, 0, 4096))
END

truncate -s 64M table.raw
sfdisk -q --no-reread --no-tell-kernel table.raw <<<$'label: gpt\n1M,8M\n20M,8M' || fail "sfdisk"
head -c 40M table.raw >images/cut.raw
truncate -s 310M xfs.raw
mkfs.xfs -q xfs.raw
head -c 600 xfs.raw >images/stump.raw
qemu-img create -q -f qcow2 images/used.qcow2 1M
echo x | dd of=table.raw bs=1M seek=20 conv=notrunc status=none
qemu-img convert -f raw -O qcow2 -c table.raw images/damaged.qcow2
python3 "$TESTS/damage.py" images/damaged.qcow2 odd
hold_daemon images/used.qcow2 qcow2
timeout 60 "$VDISKFS" ls images >human || fail "ls: exit status $?"
timeout 60 "$VDISKFS" ls --output=json images >json || fail "ls --output=json: exit status $?"
drop_daemon
expect "lines" 7 "$(wc -l <human)"
expect_match "an image in use" " in use +- +.*in use" "$(grep ^used human)"
for name in label loop; do "$VDISKFS" info images/$name.raw >>described; done
python3 - <<'END' || fail "$(cat human described json)"
import json
for name in ("human", "described"):
    text = open(name, encoding="utf-8", newline="").read()
    assert not {c for c in text if c != "\n" and (ord(c) < 32 or 126 < ord(c) < 160 or c in "\u202e\u2028")}
items = {item["filename"]: item for item in json.load(open("json", encoding="utf-8"))}
assert items["label.raw"]["contents"]["label"] == 'a\n\x1b[2J\x9b\u202eb\ufffd"', items["label.raw"]
assert [p["number"] for p in items["loop.raw"]["partitions"]][:3] == [1, 5, 6], items["loop.raw"]
assert "leads back" in items["loop.raw"]["partition-table"]["problems"][0], items["loop.raw"]
assert items["stump.raw"]["contents"]["type"] == "xfs", items["stump.raw"]
damaged = items["damaged.qcow2"]["partitions"]
assert "contents-error" not in damaged[0] and "contents-error" in damaged[1], damaged
assert "partitions" not in items["used.qcow2"] and "in use" in items["used.qcow2"]["state"]
END
