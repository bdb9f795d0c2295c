#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Images that name files of the host: backing files (CVE-2015-5163, CVE-2015-1851), data files
# (CVE-2024-32498, CVE-2024-40767, CVE-2024-4467), VMDK extents (CVE-2022-47951).
. "$(dirname "$0")/functions.sh"
. "$TESTS/attacks.sh"

requires root fuse qemu getfattr

mkdir -p images/sub outside
random_file outside/secret 1048576
mkfifo images/fifo
mknod images/zero c 1 5
ln -s ../outside/secret images/link
ln -s ../outside images/folder
secret=$TMP/outside/secret

option='-o backing_dir=DIR or -o backing=any'
declare -A hostile=() # the pattern that each reason must match
overlay absolute.qcow2 "$secret" && hostile[absolute.qcow2]="$secret.*$option"
overlay file.qcow2 "file:$secret" && hostile[file.qcow2]="$secret.*$option"
overlay relative.qcow2 ../outside/secret && hostile[relative.qcow2]="outside/secret.*$option"
overlay winding.qcow2 sub/../../outside/secret && hostile[winding.qcow2]="outside/secret.*$option"
overlay sub/up.qcow2 ../link && hostile[sub/up.qcow2]="link.*$option"
overlay link.qcow2 link && hostile[link.qcow2]="link.*$option"
overlay folder.qcow2 folder/secret && hostile[folder.qcow2]="folder/secret.*$option"
overlay environ.qcow2 /proc/self/environ && hostile[environ.qcow2]="environ.*$option"
overlay disk.qcow2 /dev/loop0 && hostile[disk.qcow2]="/dev/loop0.*$option"
overlay json.qcow2 "json:{\"file.filename\":\"$secret\"}" && hostile[json.qcow2]="json:.*no protocols"
overlay nbd.qcow2 nbd:127.0.0.1:10809 && hostile[nbd.qcow2]="nbd:.*no protocols"
overlay ssh.qcow2 ssh://127.0.0.1/disk && hostile[ssh.qcow2]="ssh:.*no protocols"
overlay fifo.qcow2 fifo && hostile[fifo.qcow2]="fifo.*not a regular file"
overlay zero.qcow2 zero && hostile[zero.qcow2]="zero.*not a regular file"
overlay dir.qcow2 sub && hostile[dir.qcow2]="sub.*not a regular file"
data_image data.qcow2 "$secret" && hostile[data.qcow2]="$secret.*$option"
data_image data-up.qcow2 ../outside/secret && hostile[data-up.qcow2]="outside/secret.*$option"
data_image data-link.qcow2 link && hostile[data-link.qcow2]="link.*$option"
data_image data-json.qcow2 "json:{\"file.filename\":\"$secret\"}" && hostile[data-json.qcow2]="json:.*no protocols"
data_image data-fifo.qcow2 fifo && hostile[data-fifo.qcow2]="fifo.*not a regular file"
descriptor flat.vmdk "RW 2048 FLAT \"$secret\" 0" && hostile[flat.vmdk]="$secret.*$option"
descriptor flat-up.vmdk 'RW 2048 FLAT "../outside/secret" 0' && hostile[flat-up.vmdk]="secret.*$option"
descriptor vmfs.vmdk 'RW 2048 VMFS "folder/secret" 0' && hostile[vmfs.vmdk]="folder/secret.*$option"
descriptor sparse.vmdk "RW 2048 SPARSE \"$secret\"" && hostile[sparse.vmdk]="$secret.*$option"
descriptor fifo.vmdk 'RW 2048 FLAT "fifo" 0' && hostile[fifo.vmdk]="fifo.*not a regular file"
descriptor second.vmdk 'RW 1 ZERO' "RW 2048 FLAT \"$secret\" 0" && hostile[second.vmdk]="$secret.*$option"

watch "$secret" images/fifo
mount_folder images
for name in "${!hostile[@]}"; do
  refused "$name" EACCES "${hostile[$name]}"
done
for name in absolute.qcow2 data.qcow2 flat.vmdk fifo.qcow2; do
  "$VDISKFS" info "images/$name" >info.out 2>&1 || true
done
"$VDISKFS" ls images >ls.out
for name in link fifo zero; do
  if [ -e "$MNT/$name.raw" ]; then fail "$name is shown"; fi
done
unmount_folder
mount_folder images backing=none
overlay inside.qcow2 sub/base.raw
refused inside.qcow2 EACCES "sub/base.raw.*-o backing=confined"
unopened
