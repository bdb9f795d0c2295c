#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A server of which requests wait for a host that does not answer ends all the same, by a signal and
# by umount, and what was written to other images is there.
. "$(dirname "$0")/functions.sh"
. "$TESTS/stalling.sh"

for way in TERM umount; do
  mount_folder images threads=2
  server=$(server_pid)
  exec 5<"$MNT/stuck/bad1.raw.raw.raw" 7<>"$MNT/good1.qcow2.raw"
  read_at 5 0
  stall
  readers=()
  for i in 2 3 4; do read_later 5 $i; done
  sleep 1
  printf '%s' "$way" | dd of=/dev/fd/7 conv=notrunc status=none
  exec 5<&- 7<&-
  if [ $way = TERM ]; then
    kill -TERM "$server"
  else
    kill -KILL "${readers[@]}"
    within 10 umount "$MNT" || fail "umount: $(umount "$MNT" 2>&1)"
  fi
  within 100 gone "$server" || fail "$way does not end the server"
  go_on
  wait "${readers[@]}" || true
  qemu-img check -q images/good1.qcow2 || fail "$way: good1 is damaged"
  qemu-img convert -f qcow2 -O raw images/good1.qcow2 good1.raw
  expect "what was written before $way" $way "$(head -c ${#way} good1.raw)"
done
