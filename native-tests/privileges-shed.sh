#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A server that root starts keeps the few capabilities that it uses, on all its threads, and nothing
# that it starts gains more. What needs them works; where setpriv does not, the mount does.
. "$(dirname "$0")/functions.sh"

requires root fuse qemu setpriv

# chown, dac_override, fowner, sys_ptrace, sys_admin, sys_nice, lease
KEPT=$((1 << 0 | 1 << 1 | 1 << 3 | 1 << 19 | 1 << 21 | 1 << 23 | 1 << 28))

# has_shed PID: every thread of a process.
has_shed() {
  local file name value
  for file in /proc/"$1"/task/*/status; do
    while read -r name value; do
      case $name in
        NoNewPrivs:) expect "$file: no new privileges" 1 "$value" ;;
        CapInh: | CapAmb:) expect "$file: $name" 0000000000000000 "$value" ;;
        CapPrm: | CapEff: | CapBnd:) [ $((0x$value & ~KEPT)) = 0 ] || fail "$file: $name $value" ;;
      esac
    done <"$file"
  done
}

user() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }

chmod 755 "$TMP"
mkdir -m 777 images
random_file disk.raw 1048576
qemu-img convert -f raw -O qcow2 disk.raw images/disk.qcow2
chown 1234:1234 images/disk.qcow2
chmod 600 images/disk.qcow2
mount_folder images
pid=$(server_pid)
has_shed "$pid"
same_content "$MNT/disk.qcow2.raw" disk.raw
printf new | dd of="$MNT/disk.qcow2.raw" conv=notrunc status=none
touch -d @1000000000 "$MNT/disk.qcow2.raw"
chmod 640 "$MNT/disk.qcow2.raw"
user truncate -s 1M "$MNT/new.qcow2.raw" || fail "a user cannot create"
expect "the owner of a new image" 65534:65534 "$(stat -c %u:%g images/new.qcow2)"
has_shed "$pid"
kill -TERM "$pid"
within 10 gone "$pid" || fail "SIGTERM does not end the server"
! mountpoint -q "$MNT" || fail "still mounted after SIGTERM"

"$VDISKFS" mount -f images "$MNT" 2>stderr &
within 20 mountpoint -q "$MNT" || fail "-f does not mount: $(cat stderr)"
has_shed "$(server_pid)"
unmount_folder

mkdir bin
printf '#!/bin/sh\nexit 1\n' >bin/setpriv
chmod 755 bin/setpriv
PATH=$TMP/bin:$PATH mount_folder images
expect "the content" new "$(head -c 3 "$MNT/disk.qcow2.raw")"
