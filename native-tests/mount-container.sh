#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# vdiskfs mounts inside containers that are given /dev/fuse: as root with the rights of Docker's
# --cap-add SYS_ADMIN, and as an ordinary user who is root in a user namespace only.
. "$(dirname "$0")/namespace.sh"
. "$(dirname "$0")/functions.sh"
. "$TESTS/debian.sh"

requires root fuse qemu debootstrap setpriv

guest_packages
# The container's root cannot be written to, nor can the program's folder.
mkdir -p root program/vdiskfs/target files/images files/disks
cp "$VDISKFS" program/vdiskfs
cp "$(dirname "$VDISKFS")/target/vdiskfs.jar" program/vdiskfs/target
random_file files/disk.raw 1048576
qemu-img convert -f raw -O qcow2 files/disk.raw disk.qcow2
mount --bind -o ro "$DEBIAN" root
mount --bind -o ro program root/opt
mount --bind files root/srv
for folder in dev tmp run; do mount -t tmpfs -o mode=1777 tmpfs root/$folder; done
for node in "null 3" "urandom 9"; do mknod -m 666 "root/dev/${node% *}" c 1 "${node#* }"; done
mknod -m 666 root/dev/fuse c 10 229
chmod 755 "$TMP"

cat >root/tmp/inside <<'END'
PS4='+ $SECONDS '; set -ex
mount -t proc proc /proc
/opt/vdiskfs/vdiskfs mount -o log=/tmp/log /srv/images /srv/disks
cmp /srv/disk.raw /srv/disks/disk.qcow2.raw
dd if=/srv/disk.raw of=/srv/disks/disk.qcow2.raw bs=64k seek=3 count=5 conv=notrunc,fsync status=none
/opt/vdiskfs/vdiskfs umount /srv/disks
END
dd if=files/disk.raw of=changed.raw bs=64k count=5 seek=3 status=none
dd if=files/disk.raw of=changed.raw bs=64k count=3 conv=notrunc status=none
dd if=files/disk.raw of=changed.raw bs=64k skip=8 seek=8 conv=notrunc status=none
inside() {
  rm -f root/tmp/log
  cp disk.qcow2 files/images/disk.qcow2
  chown -R 65534:65534 files
  "$@" chroot root env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin bash /tmp/inside ||
    fail "in the container: $(cat root/tmp/log)"
  qemu-img compare -q -F raw files/images/disk.qcow2 changed.raw || fail "what was written in the container"
}

docker=chown,dac_override,fsetid,fowner,mknod,net_raw,setgid,setuid,setfcap,setpcap,net_bind_service,sys_chroot,kill
inside unshare --mount --pid --ipc --uts --net --cgroup --fork \
  setpriv --bounding-set="-all,+${docker//,/,+},+sys_admin"
inside setpriv --reuid=65534 --regid=65534 --clear-groups \
  unshare --user --map-root-user --mount --pid --ipc --uts --net --fork
