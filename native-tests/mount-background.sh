#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A mount in the background holds nothing of its caller: a pipe ends, a terminal's session is left.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images mnt
qemu-img create -q -f qcow2 images/disk.qcow2 1M
exec 7>held
# The pipe ends only when nobody holds its other end any more.
# shellcheck disable=SC2016 # the inner shell expands
timeout 20 bash -c '"$VDISKFS" mount -o "log=$TMP/log" images mnt 2>&1 | cat' ||
  fail "the server holds the caller's output"
pid=$(server_pid mnt)
[ -n "$pid" ] || pid=$(server_pid "$TMP/mnt")
[ -n "$pid" ] || fail "no server"
[ -r mnt/disk.qcow2.raw ] || fail "not mounted"
exec 7>&-
if find "/proc/$pid/fd" -lname '*/held' | grep -q .; then fail "the server holds descriptor 7"; fi
expect "stdin, stdout and stderr" "/dev/null" "$(readlink /proc/"$pid"/fd/{0,1,2} | sort -u)"
expect "session" "$pid" "$(awk '{ print $6 }' "/proc/$pid/stat")"
