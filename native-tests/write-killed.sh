#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Servers are killed under load, 12 times over all formats and 30 times in the long run: the images
# stay valid, what was synced is there, and every sector is of one write.
. "$(dirname "$0")/functions.sh"
. "$TESTS/writing.sh"

requires fuse qemu

seed=$RANDOM
echo "seed $seed"

# verify NAME: the image as QEMU reads it holds what the writer that was killed may have left.
verify() {
  qemu-img convert -f "$(qemu_name "$1")" -O raw "images/$1" content.raw || fail "QEMU cannot read $1"
  python3 "$TESTS/killer.py" verify content.raw "$1.state" || fail "$1 after a kill"
}

# serve: a server in the foreground, which starts faster, in $SERVER.
serve() {
  VDISKFS_JAVA_OPTS=-XX:TieredStopAtLevel=1 "$VDISKFS" mount -f images "$MNT" >>log 2>&1 &
  SERVER=$!
  local looks=0
  until mountpoint -q "$MNT"; do
    looks=$((looks + 1))
    [ $looks -lt 300 ] || fail "no mount: $(tail -n 5 log)"
    sleep 0.2
  done
}

rounds=4
if [ -n "${VDISKFS_LONG:-}" ]; then rounds=10; fi

# lane NUMBER IMAGE...: kills a server in each round, with two of the images under load each time.
lane() {
  local round name writers loaded=()
  mkdir -p "lane$1/mnt"
  cd "lane$1"
  MNT=$PWD/mnt
  writable_images images 6M "${@:2}"
  for round in $(seq $rounds); do
    serve
    writers=()
    loaded=("${IMAGES[$((round % ${#IMAGES[@]}))]}" "${IMAGES[$(((round + 2) % ${#IMAGES[@]}))]}")
    for name in "${loaded[@]}"; do
      python3 "$TESTS/killer.py" write "$MNT/$name.raw" "$name.state" $((seed + round)) &
      writers+=($!)
    done
    for name in "${loaded[@]}"; do
      within 20 test -e "$name.state.started" || fail "$name: the writer does not start"
      rm "$name.state.started"
    done
    sleep "0.$((RANDOM % 6 + 3))"
    kill -KILL "$SERVER"
    wait "${writers[@]}" || fail "a writer of lane $1 failed"
    wait "$SERVER" || true
    umount -l "$MNT"
    for name in "${loaded[@]}"; do
      not_corrupt "images/$name" quick
      verify "$name"
    done
  done
  serve
  for name in "${IMAGES[@]}"; do
    python3 "$TESTS/killer.py" verify "$MNT/$name.raw" "$name.state" || fail "$name in the last mount"
  done
  umount "$MNT"
  wait "$SERVER" || fail "the last server failed: $(tail -n 5 log)"
  for name in "${IMAGES[@]}"; do not_corrupt "images/$name"; done
}

lane 1 plain.qcow2 small.qcow2 plain.vdi fixed.vhd plain.raw &
lanes=($!)
lane 2 extended.qcow2 lazy.qcow2 plain.vmdk plain.vhd flat.vmdk &
lanes+=($!)
lane 3 old.qcow2 packed.qcow2 split.vmdk plain.qcow &
lanes+=($!)
for pid in "${lanes[@]}"; do wait "$pid" || fail "see above"; done
