#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SIGTERM and SIGINT unmount cleanly; with -f the server stays in the foreground.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images mnt
qemu-img create -q -f qcow2 images/disk.qcow2 1M
mounted() { grep -q " $TMP/mnt " /proc/self/mountinfo; }

mount_folder images
pid=$(server_pid)
kill -TERM "$pid"
within 10 gone "$pid" || fail "SIGTERM does not end the server"
! mounted || fail "still mounted after SIGTERM"

for signal in INT TERM; do
  # Job control gives the server a SIGINT that is not ignored.
  set -m
  "$VDISKFS" mount -f images mnt >stdout 2>stderr &
  job=$!
  set +m
  within 20 mounted || fail "-f does not mount: $(cat stderr)"
  within 5 test -r mnt/disk.qcow2.raw || fail "no disk"
  kill -0 $job || fail "-f has returned"
  kill -$signal $job
  status=0
  wait $job || status=$?
  [ $status = 0 ] || [ $status = 130 ] || [ $status = 143 ] || fail "exit status $status: $(cat stderr)"
  ! mounted || fail "still mounted after SIG$signal"
done
