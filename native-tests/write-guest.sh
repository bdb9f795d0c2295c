#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A guest under QEMU boots with raw files of the mount as its disks, makes file systems, writes and
# syncs; QEMU then boots it again on the images themselves.
. "$(dirname "$0")/functions.sh"
. "$TESTS/writing.sh"
. "$TESTS/guestvm.sh"

requires fuse qemu qemu-system-x86_64 busybox cpio modprobe

cat >write.sh <<'END'
for disk in /dev/vd?; do
  mke2fs -F "$disk" >/dev/null && mount -t ext2 "$disk" /mnt || exit 1
  seq 1 100000 >/mnt/numbers
  dd if=/dev/urandom of=/mnt/random bs=64k count=40 2>/dev/null
  (cd /mnt && sha256sum numbers random >sums) && sync && umount /mnt || exit 1
  echo "WRITTEN $disk"
done
END
cat >verify.sh <<'END'
for disk in /dev/vd?; do
  mount -t ext2 -o ro "$disk" /mnt && (cd /mnt && sha256sum -c sums >/dev/null) && umount /mnt || exit 1
  echo "VERIFIED $disk"
done
END
guest_initramfs write.ird write.sh virtio_pci virtio_blk ext4
guest_initramfs verify.ird verify.sh virtio_pci virtio_blk ext4

# drives DIR SUFFIX [FORMAT]: arguments for all images, in $DRIVES; each of its own format or of one.
drives() {
  local name
  DRIVES=()
  for name in "${IMAGES[@]}"; do
    DRIVES+=(-drive "file=$1/$name$2,format=${3:-$(qemu_name "$name")},if=virtio,cache=none,discard=unmap")
  done
}

writable_images images 24M plain.qcow2 small.qcow2 plain.vdi plain.vmdk plain.vhd plain.raw
mount_folder images
drives "$MNT" .raw raw
guest_run write.ird "${DRIVES[@]}"
expect "disks that were written" ${#IMAGES[@]} "$(grep -c "WRITTEN /dev/vd" console)"
unmount_folder
for name in "${IMAGES[@]}"; do
  sound "images/$name"
  qemu-img convert -f "$(qemu_name "$name")" -O raw "images/$name" content.raw
  e2fsck -fn content.raw >fsck.out 2>&1 || fail "$name: $(tail -n 5 fsck.out)"
done
drives images ""
guest_run verify.ird "${DRIVES[@]}"
expect "disks that were verified" ${#IMAGES[@]} "$(grep -c "VERIFIED /dev/vd" console)"
