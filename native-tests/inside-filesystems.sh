#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# vdiskfs ls and info name what is on a disk, with label and UUID, as blkid does.
. "$(dirname "$0")/functions.sh"

requires root loop blkid mkfs.ext4 mkfs.xfs mkfs.btrfs mkfs.vfat mkfs.exfat mkntfs mkswap pvcreate \
  cryptsetup mksquashfs genisoimage mkfs.f2fs mkudffs mkfs.jfs mkfs.reiserfs mkfs.erofs
mkdir -p images data/folder

# make SIZE NAME COMMAND...: a disk that a command fills.
make() {
  local size=$1 name=images/$2.raw
  shift 2
  truncate -s "$size" "$name"
  "$@" "$name" >make.out 2>&1 || fail "$*: $(cat make.out)"
}
luks() { printf x | cryptsetup luksFormat -q --pbkdf pbkdf2 --pbkdf-force-iterations 1000 "$@" -; }

volume() {
  local loop
  loop=$(losetup --find --show "$1")
  pvcreate --yes --config 'devices { use_devicesfile = 0 }' "$loop" || true
  losetup --detach "$loop"
}

make 4M ext2 mkfs.ext2 -q -L second
make 8M ext3 mkfs.ext3 -q -L third
make 16M ext4 mkfs.ext4 -q -L "sixteen letters!"
make 16M ext4-plain mkfs.ext4 -q -O ^has_journal
make 310M xfs mkfs.xfs -q -L twelve-chars
make 120M btrfs mkfs.btrfs -q -L "größer als zwölf"
make 2M fat12 mkfs.vfat -F 12 -n "F TWELVE"
make 20M fat16 mkfs.vfat -F 16 -n SIXTEEN
make 20M fat-unnamed mkfs.vfat
make 64M fat32 mkfs.vfat -F 32 -n THIRTYTWO
make 20M exfat mkfs.exfat -L "größe"
make 20M ntfs mkntfs -q -F -L "größe 中文"
make 40M jfs mkfs.jfs -q -L journaled
make 40M reiserfs mkfs.reiserfs -q -f -f -l balanced
make 1M swap mkswap -L space
make 20M luks1 luks --type luks1
make 20M luks2 luks --type luks2 --label sealed
make 64M lvm volume
make 60M f2fs mkfs.f2fs -q -l "größe"
make 20M udf mkudffs -l "größe 中文"
mksquashfs data images/squashfs.raw -quiet >make.out 2>&1 || fail "mksquashfs"
mkfs.erofs images/erofs.raw data >make.out 2>&1 || fail "mkfs.erofs"
genisoimage -quiet -V INSTALLER -o images/iso.raw data
genisoimage -quiet -J -V "A name of more than 16" -o images/joliet.raw data
genisoimage -quiet -J -udf -V bridge -o images/bridge.raw data
python3 "$TESTS/make_superblocks.py" images
"$VDISKFS" ls --output=json images >json || fail "ls"
python3 "$TESTS/inside.py" blkid images <json >compared || fail "not as blkid has it: $(cat compared)"
expect "disks compared" 33 "$(tail -n 1 compared)"
"$VDISKFS" ls images >human
expect_match "ls" "fat16.raw +raw +20 MiB +[0-9.]+ .iB +vfat +- +ok" "$(grep fat16 human)"
expect_match "info" "contents: ext4, label 'sixteen letters!', UUID [0-9a-f-]{36}" \
  "$("$VDISKFS" info images/ext4.raw)"
