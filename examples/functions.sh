# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the examples share: a mount of their own that ends with them.
set -euo pipefail

VDISKFS=${VDISKFS:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/vdiskfs}
PATH=$PATH:/usr/sbin:/sbin

die() {
  echo "${0##*/}: $*" >&2
  exit 1
}

# usage TEXT: prints it; exit status 2, or 0 where help was asked for.
usage() {
  if [ "${HELP:-}" = 1 ]; then echo "$1"; exit 0; fi
  echo "$1" >&2
  exit 2
}

needs() {
  local command
  for command; do
    command -v "$command" >/dev/null || die "$command is missing; install it first"
  done
}

folders=()

clean_up() {
  local status=$? folder
  trap '' INT TERM
  if [ -n "${GUEST:-}" ] && mountpoint -q "$GUEST"; then umount "$GUEST"; fi
  if [ -n "${LOOP:-}" ]; then losetup -d "$LOOP"; fi
  for folder in "${folders[@]}"; do
    if mountpoint -q "$folder/mnt"; then "$VDISKFS" umount "$folder/mnt" || status=1; fi
    rm -rf --one-file-system "$folder"
  done
  exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# mount_image IMAGE: mounts the image's folder, so that its backing files are there too; $DISK is
# then its raw file, and $WORK a temporary folder.
mount_image() {
  [ -f "$1" ] || die "$1: no such file"
  WORK=$(mktemp -d)
  folders+=("$WORK")
  mkdir "$WORK/mnt"
  "$VDISKFS" mount -o ro "$(dirname "$(realpath "$1")")" "$WORK/mnt"
  DISK=$WORK/mnt/$(basename "$1").raw
  [ -e "$DISK" ] || die "$1: not an image that vdiskfs knows"
  # Opening it gives the reason where it cannot be served.
  head -c 1 "$DISK" >/dev/null 2>&1 || die "$1: $(reason "$DISK")"
}

reason() {
  getfattr --absolute-names --only-values -n user.vdiskfs.error "$1" 2>/dev/null ||
    echo "cannot be read"
}

# partition NUMBER: sets $START and $SIZE in bytes.
partition() {
  local line
  line=$(sfdisk --dump "$DISK" | sed -n "s|^.*\.raw$1 : ||p")
  [ -n "$line" ] || die "no partition $1; there are: $(sfdisk --list "$DISK" | tail -n +9)"
  [[ $line =~ start=\ *([0-9]+),\ size=\ *([0-9]+) ]] || die "cannot read the partition table"
  # shellcheck disable=SC2034 # for the caller
  START=$((BASH_REMATCH[1] * 512))
  # shellcheck disable=SC2034
  SIZE=$((BASH_REMATCH[2] * 512))
}

case ${1:-} in
  -h | --help) HELP=1 ;;
esac
