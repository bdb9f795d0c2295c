# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What every test starts with. A test gets a temporary folder of its own, $TMP; whatever it mounts,
# attaches or starts below it is taken away when it ends, in whatever way it ends.
set -euo pipefail

TESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
ROOT=${TESTS%/*}
VDISKFS=${VDISKFS:-$ROOT/vdiskfs}
CORPUS=${VDISKFS_CORPUS:-$ROOT/../shared/corpus}
TMP=${VDISKFS_TEST_TMP:-$(mktemp -d "${TMPDIR:-/tmp}/vdiskfs-test.XXXXXX")}
# Seconds for tests that put load on a mount, given the normal number.
long_or() { if [ -n "${VDISKFS_LONG:-}" ]; then echo $(($1 * 20)); else echo "$1"; fi; }
export TESTS ROOT VDISKFS CORPUS TMP LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
cd "$TMP"

# finish [STATUS]: what is done at the end in any case; of the last command if none is given.
finish() {
  local status=${1:-$?} pid
  trap '' INT TERM HUP
  cd /
  # What the test may have opened in the mount.
  exec 5>&- 6>&- 7>&-
  for pid in $(jobs -p); do kill "$pid" 2>/dev/null || true; done
  wait
  if [ $status -ne 0 ] && [ $status -ne 77 ] && [ -s "$TMP/log" ]; then
    echo "--- the last lines of the mount's log:"
    tail -n 20 "$TMP/log"
  fi
  "$TESTS/sweep" "$TMP" || status=1
  exit $status
}
trap finish EXIT
trap 'exit 143' INT TERM HUP

fail() {
  echo "FAILED: $*"
  exit 1
}

skip() {
  echo "SKIP: $*"
  exit 77
}

# requires THING...: root, fuse, loop, qemu, corpus, or the name of a command.
requires() {
  local thing
  for thing; do
    case $thing in
      root) [ "$(id -u)" = 0 ] || skip "needs root" ;;
      fuse) [ -w /dev/fuse ] || skip "needs /dev/fuse" ;;
      loop) [ -b /dev/loop0 ] || [ -c /dev/loop-control ] || skip "needs loop devices" ;;
      qemu) command -v qemu-img >/dev/null || skip "needs qemu-img" ;;
      corpus) [ -d "$CORPUS" ] || skip "needs the corpus of foreign images: $CORPUS" ;;
      *) command -v "$thing" >/dev/null || skip "needs $thing" ;;
    esac
  done
}

# mount_folder DIR [OPTIONS]: mounts on $MNT; the mount answers when this returns.
mount_folder() {
  MNT=${MNT:-$TMP/mnt}
  mkdir -p "$MNT"
  "$VDISKFS" mount -o "log=$TMP/log${2:+,$2}" "$1" "$MNT" || fail "mount of $1 with '${2:-}'"
}

# The process that serves a mount point.
server_pid() {
  "$TESTS/servers" "${1:-$MNT}" | head -n 1
}

# Unmounts and waits until the server has ended.
unmount_folder() {
  local pid
  pid=$(server_pid "$MNT")
  umount "$MNT" || fail "umount $MNT"
  within 10 gone "$pid" || fail "server $pid still runs 10 seconds after the unmount"
}

gone() { ! grep -qs '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$1/status"; }

# within SECONDS COMMAND...: waits until the command succeeds.
within() {
  local end
  end=$(($(date +%s%N) + $(printf "%.0f" "${1}e9")))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$(date +%s%N)" -lt "$end" ] || return 1
    sleep 0.05
  done
}

same_content() {
  cmp "$1" "$2" || fail "$1 and $2 differ"
}

# expect WHAT EXPECTED GOT
expect() {
  [ "$2" = "$3" ] || fail "$1: expected '$2', got '$3'"
}

# expect_match WHAT PATTERN GOT
expect_match() {
  [[ $3 =~ $2 ]] || fail "$1: expected something like '$2', got '$3'"
}

# fails_with STATUS PATTERN COMMAND...: exit status and standard error of a command that must fail.
fails_with() {
  local status=0 want=$1 pattern=$2
  shift 2
  "$@" >"$TMP/stdout" 2>"$TMP/stderr" </dev/null || status=$?
  expect "exit status of '$*'" "$want" $status
  expect_match "message of '$*'" "$pattern" "$(cat "$TMP/stderr")"
}

# open_errors PATH...: what open(2) gives for each, OK or the name of an error, one a line.
open_errors() {
  python3 -c '
import errno, os, sys
for path in sys.argv[1:]:
    try:
        os.close(os.open(path, os.O_RDONLY))
        print("OK")
    except OSError as e:
        print("EOPNOTSUPP" if e.errno == errno.EOPNOTSUPP else errno.errorcode[e.errno])' "$@"
}

# random_file PATH BYTES [SEED]: reproducible bytes that do not compress.
random_file() {
  python3 -c '
import random, sys
random.seed(int(sys.argv[3]))
open(sys.argv[1], "wb").write(random.randbytes(int(sys.argv[2])))' "$1" "$2" "${3:-1}"
}

# sparse_disk PATH [SEED]: a raw disk of 8 MiB with two runs of data at 64 KiB steps.
sparse_disk() {
  truncate -s 8M "$1"
  random_file "$TMP/part" 196608 "${2:-1}"
  dd if="$TMP/part" of="$1" bs=64k seek=16 conv=notrunc status=none
  dd if="$TMP/part" of="$1" bs=64k seek=100 count=2 conv=notrunc status=none
  rm "$TMP/part"
}

# data_runs PATH: the runs that SEEK_DATA and SEEK_HOLE find, one "start end" a line.
data_runs() {
  python3 "$TESTS/holes.py" "$1"
}

# compare_all SOURCE COUNT: compares every image of the mount with what QEMU says of it.
compare_all() {
  local images=() name
  while IFS= read -r -d '' name; do
    images+=("${name%.raw}")
  done < <(cd "$MNT" && find . -type f -name '*.raw' -not -path '*.parts/*' \
    -not -path '*.snapshots/*' -printf '%P\0' | sort -z)
  expect "number of images in the mount" "$2" ${#images[@]}
  python3 "$TESTS/compare.py" "$(realpath "$1")" "$MNT" "${images[@]}" || fail "mismatches"
}
