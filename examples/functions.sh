# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the examples share: a mount of their own that ends with them.
set -euo pipefail

VDISKFS=${VDISKFS:-$(realpath "$(dirname "${BASH_SOURCE[0]}")/..")/vdiskfs}
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

undo=()

# later COMMAND...: runs when the example ends, the latest first.
later() { undo=("$(printf '%q ' "$@")" "${undo[@]}"); }

clean_up() {
  local status=$? command
  trap '' INT TERM
  for command in "${undo[@]}"; do eval "$command" || status=1; done
  exit "$status"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# temporary_folder: $WORK is then a new one.
temporary_folder() {
  WORK=$(mktemp -d)
  later rm -rf --one-file-system "$WORK"
}

# mount_folder FOLDER OPTIONS: mounts a folder of images on $MNT until the end.
mount_folder() {
  if [ "${MOUNTED:-}" = "$1 $2" ]; then return; fi
  MOUNTED="$1 $2"
  temporary_folder
  MNT=$WORK/mnt
  mkdir "$MNT"
  "$VDISKFS" mount -o "$2" "$1" "$MNT"
  later "$VDISKFS" umount "$MNT"
}

# mount_image IMAGE [OPTIONS]: mounts the image's folder, so that its backing files are there too; $DISK
# is then its raw file.
mount_image() {
  [ -f "$1" ] || die "$1: no such file"
  mount_folder "$(dirname "$(realpath "$1")")" "${2:-ro}"
  DISK=$MNT/$(basename "$1").raw
  [ -e "$DISK" ] || die "$1: not an image that vdiskfs knows"
  # Opening it gives the reason where it cannot be served.
  head -c 1 "$DISK" >/dev/null 2>&1 || die "$1: $(reason "$DISK")"
}

# new_image IMAGE: mounts the folder of an image that does not exist yet; to write to $NEW makes it, in
# the format that its extension names.
new_image() {
  [ ! -e "$1" ] || die "$1 exists already"
  [ -d "$(dirname "$1")" ] || die "$(dirname "$1"): no such folder"
  mount_folder "$(realpath "$(dirname "$1")")" rw
  # shellcheck disable=SC2034 # for the caller
  NEW=$MNT/$(basename "$1").raw
}

reason() {
  getfattr --absolute-names --only-values -n user.vdiskfs.error "$1" 2>/dev/null ||
    echo "cannot be read; 'vdiskfs ls' says why"
}

# partition NUMBER: sets $START and $SIZE in bytes; 0 is the whole disk.
partition() {
  [[ $1 =~ ^[0-9]+$ ]] || die "$1 is not the number of a partition"
  START=0
  if [ "$1" = 0 ]; then
    SIZE=$(blockdev --getsize64 "$DISK" 2>/dev/null || stat -c %s "$DISK")
    return
  fi
  local line
  line=$(partx --raw --noheadings --nr "$1" --output START,SECTORS "$DISK" 2>/dev/null) || true
  [[ $line =~ ^([0-9]+)\ ([0-9]+)$ ]] ||
    die "no partition $1; there are: $(partx --show --output NR,START,SECTORS,TYPE "$DISK" 2>&1)"
  START=$((BASH_REMATCH[1] * 512))
  SIZE=$((BASH_REMATCH[2] * 512))
}

# part NUMBER: $PART is then the raw file of that partition, which the mount shows; 0 is the whole disk.
part() {
  local folder=${DISK%.raw}.parts
  [[ $1 =~ ^[0-9]+$ ]] || die "$1 is not the number of a partition"
  PART=$DISK
  if [ "$1" != 0 ]; then PART=$folder/p$1.raw; fi
  [ -e "$PART" ] || die "no partition $1; there are: $(ls "$folder" 2>&1)"
}

# attach NUMBER [OPTION...]: $LOOP is then a loop device over that partition of the disk.
attach() {
  [ "$(id -u)" = 0 ] || die "needs root for losetup and mount"
  partition "$1"
  LOOP=$(losetup --find --show --offset "$START" --sizelimit "$SIZE" "${@:2}" "$DISK")
  later losetup --detach "$LOOP"
}

# careful_options FILE: mount options that change nothing, not even a journal, for the file system in a
# device or a raw file.
careful_options() {
  case $(blkid --probe -o value -s TYPE "$1") in
    ext3 | ext4) echo ro,nodev,nosuid,noexec,noload ;;
    xfs) echo ro,nodev,nosuid,noexec,norecovery,nouuid ;;
    *) echo ro,nodev,nosuid,noexec ;;
  esac
}

# mount_guest FILE: shows the files in a device or a raw file read-only in $GUEST until the end.
mount_guest() {
  [ "$(id -u)" = 0 ] || die "needs root for mount"
  temporary_folder
  GUEST=$WORK/guest
  mkdir "$GUEST"
  mount -o "$(careful_options "$1")" "$1" "$GUEST"
  later umount "$GUEST"
}

case ${1:-} in
  -h | --help) HELP=1 ;;
esac
