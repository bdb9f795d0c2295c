#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every shell script of the project passes shellcheck.
. "$(dirname "$0")/functions.sh"

requires shellcheck

cd "$ROOT"
mapfile -d '' -t scripts < <(find vdiskfs .ci examples native-tests src/deb -type f -print0 |
  xargs -0 grep -lZE '^#!.*(bash|sh)$')
[ ${#scripts[@]} -gt 50 ] || fail "only ${#scripts[@]} scripts found"
words=(-x)
if [ -z "${VDISKFS_LONG:-}" ]; then
  # Without what each sources, of which there is much: neither what is set, used nor decided there.
  words=(--norc -e SC1091 -e SC2034 -e SC2154 -e SC2164)
fi
shellcheck "${words[@]}" "${scripts[@]}" || fail "shellcheck"
