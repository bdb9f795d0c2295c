#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Images that are based on themselves, by whatever way: refused at once, and the mount goes on.
. "$(dirname "$0")/functions.sh"
. "$TESTS/attacks.sh"

requires fuse qemu getfattr

mkdir images images/sub
random_file images/good.raw 65536
overlay self.qcow2 self.qcow2 qcow2
overlay a.qcow2 b.qcow2 qcow2
overlay b.qcow2 a.qcow2 qcow2
overlay dots.qcow2 sub/../dots.qcow2 qcow2
overlay hard.qcow2 other.qcow2 qcow2
ln images/hard.qcow2 images/other.qcow2
overlay linked.qcow2 link qcow2
ln -s linked.qcow2 images/link
data_image data.qcow2 data.qcow2
descriptor extent.vmdk 'RW 2048 SPARSE "extent.vmdk"'
descriptor c.vmdk 'RW 2048 VMFSSPARSE "d.vmdk"'
descriptor d.vmdk 'RW 2048 VMFSSPARSE "c.vmdk"'
sed -i 's/^parentCID.*/parentCID=1\nparentFileNameHint="parent.vmdk"/' images/extent.vmdk
descriptor parent.vmdk 'RW 2048 ZERO'
sed -i 's/^parentCID.*/parentCID=1\nparentFileNameHint="parent.vmdk"/' images/parent.vmdk
# A chain longer than anybody serves, of 260 layers that end in the first.
overlay long000.qcow2 long000.qcow2 qcow2
python3 - <<'END'
first = open("images/long000.qcow2", "rb").read()
for i in range(260):
    with open(f"images/sub/long{i:03}.qcow2", "wb") as file:
        file.write(first.replace(b"long000", b"long%03d" % ((i + 1) % 260)))
END

mount_folder images
timeout 30 ls -lR "$MNT" >ls.out || fail "no listing"
for name in long000 self a b dots hard linked; do refused $name.qcow2 EIO "a loop"; done
refused parent.vmdk EIO "a loop"
refused sub/long007.qcow2 EOPNOTSUPP "a chain of more than"
refused data.qcow2 EIO "a loop"
for name in extent.vmdk c.vmdk; do
  [ "$(open_errors "$MNT/$name.raw")" != OK ] || fail "$name is served"
done
same_content "$MNT/good.raw.raw" images/good.raw
