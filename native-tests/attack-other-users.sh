#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What other users can do on root's mount: what the images' own permissions allow them, and nothing
# more; neither devices nor set-user-id programs come out of it (mount.fuse(8)).
. "$(dirname "$0")/functions.sh"

requires root fuse qemu setpriv

chmod 755 "$TMP"
mkdir -m 755 images
mkdir -m 700 images/private
random_file disk.raw 65536
for name in secret.qcow2 public.qcow2 private/inner.qcow2; do
  qemu-img convert -f raw -O qcow2 disk.raw "images/$name"
done
chmod 600 images/secret.qcow2
chmod 6755 images/public.qcow2
mount_folder images
user() { setpriv --reuid=65534 --regid=65534 --clear-groups "$@"; }

user cmp -n 65536 "$MNT/public.qcow2.raw" disk.raw || fail "what everybody may read"
expect "mode of a set-user-id file" 644 "$(stat -c %a "$MNT/public.qcow2.raw")"
fails_with 1 "Permission denied" user cat "$MNT/secret.qcow2.raw"
fails_with 1 "Permission denied" user cat "$MNT/private/inner.qcow2.raw"
fails_with 2 "Permission denied" user ls "$MNT/private"
for name in secret public; do
  fails_with 1 "Permission denied" user dd if=/dev/zero of="$MNT/$name.qcow2.raw" bs=512 count=1 conv=notrunc
  fails_with 1 "Permission denied" user truncate -s 0 "$MNT/$name.qcow2.raw"
done
fails_with 1 "Operation not permitted" user chmod 666 "$MNT/secret.qcow2.raw"
fails_with 1 "." user truncate -s 1M "$MNT/new.qcow2.raw"
fails_with 1 "." mknod "$MNT/null" c 1 3
fails_with 1 "(Permission denied|not permitted)" user touch -d @1 "$MNT/secret.qcow2.raw"
options=$(awk -v point="$MNT" '$5 == point { print $6 }' /proc/self/mountinfo)
expect_match "mount options" nosuid "$options"
expect_match "mount options" nodev "$options"
[ ! -e images/new.qcow2 ] || fail "a user has made an image"
