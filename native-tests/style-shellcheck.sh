#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Every shell script of the project passes shellcheck.
. "$(dirname "$0")/functions.sh"

requires shellcheck

cd "$ROOT"
mapfile -d '' -t scripts < <(find vdiskfs .ci examples native-tests src/deb -type f -print0 |
  xargs -0 grep -lZE '^#!.*(bash|sh)$')
[ ${#scripts[@]} -gt 50 ] || fail "only ${#scripts[@]} scripts found"
shellcheck -x "${scripts[@]}" || fail "shellcheck"
