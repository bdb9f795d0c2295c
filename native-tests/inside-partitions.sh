#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# vdiskfs info lists the partitions of a disk as sfdisk does, each with what blkid finds in it.
. "$(dirname "$0")/functions.sh"

requires qemu sfdisk blkid mkfs.ext4 mkfs.vfat mkswap

mkdir images

# fill DISK START COMMAND...: what a command makes of 20 MiB, at a MiB of a disk.
fill() {
  local disk=$1 start=$2
  shift 2
  rm -f part
  truncate -s 20M part
  "$@" part >fill.out 2>&1 || fail "$*: $(cat fill.out)"
  dd if=part of="$disk" bs=1M seek="$start" conv=notrunc,sparse status=none
}

# check NAME COUNT: compares, in two formats, the table that stands on standard input.
check() {
  truncate -s 512M "$1.raw"
  sfdisk --quiet --no-reread --no-tell-kernel "$1.raw" || fail "sfdisk of $1"
  fill "$1.raw" 1 mkfs.vfat -n BOOT
  fill "$1.raw" 40 mkfs.ext4 -q -L root
  fill "$1.raw" 100 mkswap -L space
  for format in qcow2 vmdk; do
    qemu-img convert -f raw -O "$format" "$1.raw" "images/$1.$format"
    "$VDISKFS" info --output=json "images/$1.$format" >json || fail "info of $1.$format"
    python3 "$TESTS/inside.py" sfdisk "$1.raw" <json >compared || fail "$1.$format: $(cat compared)"
    expect "partitions of $1.$format" "$2" "$(cat compared)"
  done
}

check none 0 <<<'label: dos'
check one 1 <<<$'label: dos\n1M,20M,c,*'
check four 4 <<<$'label: dos\n1M,20M,ef\n40M,20M,83\n100M,20M,82\n200M,,8e'
check logical 12 <<END
label: dos
1M,20M,7
40M,20M,83
99M,,5
$(for i in {0..8}; do echo "$((100 + i * 40))M,20M,83"; done)
END
check gpt 4 <<<$'label: gpt\nstart=1M,size=20M,type=U,name="EFI ä"\n40M,20M,L\n100M,20M,S\n200M,,R'
{
  echo 'label: gpt'
  echo '1M,20M,L'
  echo '40M,20M,L'
  for ((i = 0; i < 126; i++)); do echo "start=$((100 + i * 2))M,size=2M,type=L,name=part$i"; done
} | check many 128

"$VDISKFS" info images/gpt.qcow2 >human
expect_match "partition 2" " 2 +41943040 +20 MiB +Linux filesystem +- +ext4 +root +[0-9a-f-]{36}" "$(cat human)"
"$VDISKFS" ls images >listed
expect_match "gpt" "gpt 1:vfat 2:ext4 3:swap 4 +-" "$(grep gpt.qcow2 listed)"
expect_match "logical" "dos 1:vfat 2:ext4 3 5:swap 6 7 and 6 more" "$(grep logical.vmdk listed)"
