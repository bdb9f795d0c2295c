#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What QEMU writes is not read here, unless force_share; what it reads is not written here.
. "$(dirname "$0")/functions.sh"
. "$TESTS/locking.sh"

requires fuse qemu qemu-storage-daemon getfattr

mkdir images
sparse_disk disk.raw
for format in qcow2 vmdk; do qemu-img convert -f raw -O $format disk.raw "images/disk.$format"; done
cp disk.raw images/disk.raw
for format in qcow2 vmdk raw; do
  file=$TMP/mnt/disk.$format.raw
  mount_folder images
  hold_daemon "images/disk.$format" $format
  within 3 opens_with "$file" r EBUSY || fail "$format: a reader beside a writer: $(open_result "$file" r)"
  expect "$format: a writer beside a writer" EBUSY "$(open_result "$file" w)"
  expect "$format: size and mode" "0 0" "$(stat -c '%s %a' "$file")"
  expect_match "$format: the reason" "in use.*qemu-storage.*$DAEMON" "$(error_of "$file")"
  grep -q "disk.$format.*in use.*$DAEMON" log || fail "$format: the log does not name $DAEMON"
  drop_daemon
  within 3 opens_with "$file" w OK || fail "$format: still refused when the writer has gone"

  hold_daemon "images/disk.$format" $format on
  same_content "$file" disk.raw
  expect "$format: a writer beside a reader" EBUSY "$(open_result "$file" w)"
  expect_match "$format: the reason" "in use.*qemu-storage.*$DAEMON" "$(error_of "$file")"
  grep -q "disk.$format.*cannot be written.*$DAEMON" log || fail "$format: no line about $DAEMON"
  drop_daemon
  expect "$format: a writer by itself" OK "$(open_result "$file" w)"
  unmount_folder

  mount_folder images force_share
  hold_daemon "images/disk.$format" $format
  same_content "$file" disk.raw
  expect "$format: a writer beside a writer" EBUSY "$(open_result "$file" w)"
  drop_daemon
  unmount_folder
done
