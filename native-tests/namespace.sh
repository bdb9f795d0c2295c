# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# For tests that mount what nobody else may see: sourced first, it starts the test anew in a mount
# namespace of its own, which takes these mounts along when the test ends.
if [ "$(id -u)" = 0 ] && [ -z "${INSIDE:-}" ]; then
  INSIDE=1 exec unshare --mount -- bash "$0"
fi
