#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Extents, links that lead out, devices and text files are not shown; links inside are.
. "$(dirname "$0")/functions.sh"

requires root fuse qemu

mkdir -p images/sub outside
random_file disk.raw 5000192
qemu-img convert -f raw -O vmdk -o subformat=monolithicFlat disk.raw images/flat.vmdk
qemu-img convert -f raw -O vmdk -o subformat=twoGbMaxExtentSparse disk.raw images/split.vmdk
qemu-img convert -f raw -O vmdk -o subformat=twoGbMaxExtentFlat disk.raw images/pieces.vmdk
qemu-img convert -f raw -O qcow2 disk.raw outside/secret.qcow2
qemu-img convert -f raw -O qcow2 disk.raw images/sub/inner.qcow2
ln -s ../outside/secret.qcow2 images/out.qcow2
ln -s "$TMP/outside/secret.qcow2" images/absolute.qcow2
ln -s ../outside images/folder
ln -s sub/inner.qcow2 images/link.qcow2
ln -s nowhere images/broken.qcow2
ln -s loop.qcow2 images/loop.qcow2
mkfifo images/fifo.qcow2 images/fifo.raw
mknod images/null.raw c 1 3
echo "some text" >images/readme.txt
echo "some text" >images/noextension
mount_folder images

expect "listing" "flat.vmdk.raw link.qcow2.raw pieces.vmdk.raw split.vmdk.raw sub" \
  "$(timeout 20 ls "$MNT" | xargs)"
for name in flat.vmdk pieces.vmdk split.vmdk link.qcow2 sub/inner.qcow2; do
  same_content "$MNT/$name.raw" disk.raw
done
expect "a path through a link to a folder" ENOENT "$(open_errors "$MNT/folder/secret.qcow2.raw")"
expect "a path upwards" ENOENT "$(open_errors "$MNT/out.qcow2.raw")"
