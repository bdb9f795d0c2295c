#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Parents that lie outside: a VMDK's by its name, a VHD's by its locator, a VDI's by its UUID behind
# a link; and devices as VMDK extents (the same as CVE-2015-5163 and CVE-2022-47951, by other ways).
. "$(dirname "$0")/functions.sh"
. "$TESTS/attacks.sh"

requires root fuse qemu getfattr

samples=$ROOT/src/test/resources
mkdir images outside
cp "$samples/vpc/blocks.vhd" "$samples/vdi/blocks.vdi" outside
qemu-img create -q -f vmdk outside/base.vmdk 1M
cid=$(grep -aoE '^CID=[0-9a-f]+' outside/base.vmdk)

# vhd NAME PARENT: a differencing VHD whose relative locator says PARENT.
vhd() {
  python3 - "$samples/vpc/child.vhd" "images/$1" "$2" <<'END'
import struct, sys
image = bytearray(open(sys.argv[1], "rb").read())
name = sys.argv[3].encode("utf-16-le")
image[1536:2048] = name.ljust(512, b"\0")
struct.pack_into(">I", image, 1096, len(name))
struct.pack_into(">I", image, 548, 0)
struct.pack_into(">I", image, 548, ~sum(image[512:1536]) & 0xFFFFFFFF)
open(sys.argv[2], "wb").write(image)
END
}

# vmdk NAME PARENT
vmdk() {
  descriptor "$1" 'RW 2048 ZERO'
  sed -i "s|^parentCID.*|parent$cid\nparentFileNameHint=\"$2\"|" "images/$1"
}

option='-o backing_dir=DIR or -o backing=any'
ln -s ../outside images/folder
ln -s ../outside/blocks.vdi 'images/{01010101-0101-0101-0101-010101010101}.vdi'
cp "$samples/vdi/child.vdi" images/linked.vdi
vhd absolute.vhd "$TMP/outside/blocks.vhd"
vhd up.vhd '..\outside\blocks.vhd'
vhd folder.vhd '.\folder\blocks.vhd'
vmdk absolute.vmdk "$TMP/outside/base.vmdk"
vmdk up.vmdk ../outside/base.vmdk
vmdk folder.vmdk folder/base.vmdk
descriptor device.vmdk 'RW 2048 FLAT "/dev/loop0" 0'
descriptor raw-device.vmdk 'RW 2048 VMFSRDM "/dev/loop0"'

watch outside/blocks.vhd outside/blocks.vdi outside/base.vmdk
mount_folder images
for name in absolute.vhd up.vhd folder.vhd; do refused $name EACCES "blocks.vhd.*$option"; done
for name in absolute.vmdk up.vmdk folder.vmdk; do refused $name EACCES "base.vmdk.*$option"; done
refused linked.vdi EACCES "01010101.*$option"
refused device.vmdk EOPNOTSUPP "on a device"
expect raw-device EOPNOTSUPP "$(open_errors "$MNT/raw-device.vmdk.raw")"
unmount_folder
unopened
# Allowed, they are the parents: what was refused was not refused for another reason.
mount_folder images backing=any
expect "with backing=any" "OK OK OK OK" "$(open_errors "$MNT"/{absolute.vhd,up.vhd,absolute.vmdk,linked.vdi}.raw | paste -sd' ')"
