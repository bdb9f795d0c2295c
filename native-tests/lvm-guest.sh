#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# In a guest that has LVM: a disk of the mount goes onto a logical volume and back into a new qcow2, and
# the LVM that is inside the disk is reached in the image and in the volume.
. "$(dirname "$0")/namespace.sh"
. "$(dirname "$0")/functions.sh"
. "$TESTS/guestvm.sh"
. "$TESTS/debian.sh"

requires root qemu qemu-system-x86_64 busybox cpio modprobe debootstrap mkfs.ext4 sfdisk loop

guest_packages
debian_disk
truncate -s 48M disk.raw
echo "start=2048, type=8e" | sfdisk -q disk.raw
mkdir -p files/images program/vdiskfs/target
qemu-img convert -O qcow2 disk.raw files/images/disk.qcow2
truncate -s 200M files.img pv.img
mkfs.ext4 -q -d files files.img
cp "$VDISKFS" program/vdiskfs
cp "$(dirname "$VDISKFS")/target/vdiskfs.jar" program/vdiskfs/target
cp -r "$ROOT/examples" program/vdiskfs
cp "$TESTS/lvm-guest-inside" program
# The program's classes for the guest's JVM, kept by the launcher at its first command.
mkdir root
mount --bind "$DEBIAN" root
mount --bind program root/opt
mount -t tmpfs tmpfs root/tmp
mount -t proc proc root/proc
chroot root /opt/vdiskfs/vdiskfs info /opt/vdiskfs/examples/images/guest.qcow2 >/dev/null
[ -s program/vdiskfs/target/vdiskfs.jsa ] || fail "the launcher keeps no classes"
umount root/proc root/tmp root/opt root
tar -C program -cf program.tar .

cat >start.sh <<'END'
mount /dev/vda /mnt && tar -C /mnt/opt -xf /dev/vdb || exit 1
for folder in proc sys dev; do mount -o bind /$folder /mnt/$folder; done
mount -t tmpfs tmpfs /mnt/run && mount /dev/vdc /mnt/srv || exit 1
chroot /mnt /opt/lvm-guest-inside && sync && umount /mnt/srv
END
GUEST_SECONDS=280
guest_initramfs start.ird start.sh virtio_pci virtio_blk ext4 dm_mod fuse loop
drives=(-drive file="$DEBIAN.img,if=virtio,format=raw,snapshot=on")
for name in program.tar files.img pv.img; do drives+=(-drive "file=$name,if=virtio,format=raw"); done
guest_run start.ird -smp 2 -m 1024 "${drives[@]}"
cat console

mkdir result
mount -o loop,ro files.img result
for image in back recipe; do
  qemu-img check -q result/images/$image.qcow2 || fail "$image.qcow2 is not sound"
  qemu-img compare -q result/images/disk.qcow2 result/images/$image.qcow2 || fail "$image.qcow2 differs"
done
umount result
