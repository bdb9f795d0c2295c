# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What the tests of locks share, on top of functions.sh: programs that hold an image open.

# hold_daemon IMAGE FORMAT [on|off]: qemu-storage-daemon has an image open, read-only where "on".
# Its process is $DAEMON.
hold_daemon() {
  qemu-storage-daemon --pidfile "$TMP/daemon.pid" \
    --blockdev "driver=file,node-name=f,filename=$1,read-only=${3:-off}" \
    --blockdev "driver=$2,node-name=d,file=f,read-only=${3:-off}" \
    --nbd-server addr.type=unix,addr.path="$TMP/nbd.sock" \
    --export "type=nbd,id=e,node-name=d,writable=$([ "${3:-off}" = on ] && echo off || echo on)" &
  within 10 test -s "$TMP/daemon.pid" || fail "qemu-storage-daemon does not start"
  DAEMON=$(cat "$TMP/daemon.pid")
}

drop_daemon() {
  kill "$DAEMON"
  within 10 gone "$DAEMON" || fail "qemu-storage-daemon does not end"
  rm -f "$TMP/daemon.pid" "$TMP/nbd.sock"
}

# open_result PATH r|w: what open(2) gives, OK or the name of an error.
open_result() {
  python3 - "$@" <<'END'
import errno, os, sys
try:
    os.close(os.open(sys.argv[1], os.O_RDWR if sys.argv[2] == "w" else os.O_RDONLY))
    print("OK")
except OSError as e:
    print(errno.errorcode[e.errno])
END
}

# Whether the state of a raw file has become what it should be; it is remembered for a second.
opens_with() { [ "$(open_result "$1" "$2")" = "$3" ]; }

# error_of PATH: the reason in words.
error_of() { getfattr --absolute-names --only-values -n user.vdiskfs.error "$1" 2>&1; }

# qemu_locked COMMAND...: a QEMU tool must fail because of a lock.
qemu_locked() { fails_with 1 'Failed to get (shared )?"[a-z]+" lock' "$@"; }
