#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The files that an image names are locked as it is: its backing file and its extents for reading,
# its data file and, when it is written, its extents as the image; in both directions.
. "$(dirname "$0")/functions.sh"
. "$TESTS/locking.sh"

requires fuse qemu qemu-io qemu-storage-daemon getfattr

mkdir images
sparse_disk disk.raw
cp disk.raw images/base.raw
qemu-img create -q -f qcow2 -b base.raw -F raw images/child.qcow2
(cd images && qemu-img convert -f raw -O qcow2 -o data_file=data.bin ../disk.raw data.qcow2)
qemu-img convert -f raw -O vmdk -o subformat=monolithicFlat disk.raw images/flat.vmdk
declare -A named=([child.qcow2]=base.raw [data.qcow2]=data.bin [flat.vmdk]=flat-flat.vmdk)
mount_folder images
ls -l "$MNT" >ls.out

# read_locked FILE: qemu-storage-daemon cannot read it; qemu-io shares raw files with writers.
read_locked() {
  qemu_locked timeout 10 qemu-storage-daemon \
    --blockdev "driver=file,node-name=f,filename=$1,read-only=on" \
    --blockdev "driver=raw,node-name=d,file=f,read-only=on" \
    --nbd-server "addr.type=unix,addr.path=$TMP/other.sock" \
    --export "type=nbd,id=e,node-name=d,writable=off"
}

for image in "${!named[@]}"; do
  ours=$MNT/$image.raw
  file=images/${named[$image]}
  read=(qemu-io -f raw -r -c "read 0 512" "$file")
  write=(qemu-io -f raw -c "write -P 0 2M 512" "$file")
  same_content "$ours" disk.raw
  "${write[@]}" >out || fail "$file: QEMU cannot write what nobody uses"

  exec 5<"$ours"
  "${read[@]}" >out || fail "$file: QEMU cannot read what is only read"
  qemu_locked "${write[@]}"
  exec 5<&- 5<>"$ours"
  qemu_locked "${write[@]}"
  # The base of an image that is written is itself only read.
  if [ "$image" = child.qcow2 ]; then "${read[@]}" >out || fail "$file"; else read_locked "$file"; fi
  exec 5<&-

  hold_daemon "$file" raw
  within 3 opens_with "$ours" r EBUSY || fail "$image: read while $file is written: $(open_result "$ours" r)"
  expect "$image: a writer" EBUSY "$(open_result "$ours" w)"
  expect_match "$image: the reason" "${named[$image]}.*in use.*$DAEMON" "$(error_of "$ours")"
  drop_daemon
  within 3 opens_with "$ours" r OK || fail "$image: still refused when the writer has gone"

  hold_daemon "$file" raw on
  same_content "$ours" disk.raw
  if [ "$image" = child.qcow2 ]; then want=OK; else want=EBUSY; fi
  expect "$image: a writer while $file is read" $want "$(open_result "$ours" w)"
  drop_daemon
  "${write[@]}" >out || fail "$file: still locked"
done
