# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What tests share that need a Debian of their own: root file systems made with debootstrap, kept
# outside the project for the next run.

DEBIANS=${VDISKFS_DEBIANS:-${XDG_CACHE_HOME:-${HOME:-/root}/.cache}/vdiskfs-tests}

# debian_root NAME [PACKAGE...]: a minimal Debian 12 with the packages; $DEBIAN is its folder, to be
# copied or mounted read-only but not changed. The files of all packages lie in $DEBIANS/packages.
debian_root() {
  local name=$1
  shift
  DEBIAN=$DEBIANS/$name
  mkdir -p "$DEBIANS/packages"
  # Tests that run side by side wait for each other here.
  exec 9>"$DEBIANS/$name.lock"
  flock 9
  if [ "$(cat "$DEBIAN.packages" 2>/dev/null || echo none)" != "$*" ]; then
    rm -rf --one-file-system "$DEBIAN" "$DEBIAN.packages" "$DEBIAN.img"
    bootstrap "$@" >"$TMP/debootstrap.out" 2>&1 ||
      skip "debootstrap cannot run here: $(tail -n 1 "$TMP/debootstrap.out")"
    echo "$*" >"$DEBIAN.packages"
  fi
  exec 9>&-
}

bootstrap() {
  local packages=$* mirror
  # Device files, which a container may not make, show early whether it can work.
  rm -f "$TMP/null"
  mknod "$TMP/null" c 1 3 || { echo "no device files can be made"; return 1; }
  # shellcheck disable=SC2016 # apt's own words
  mirror=$(apt-get indextargets --format '$(SITE)' 'Codename: bookworm' | head -n 1)
  debootstrap --variant=minbase --cache-dir="$DEBIANS/packages" ${packages:+--include="${packages// /,}"} \
    bookworm "$DEBIAN" "${mirror:-http://deb.debian.org/debian}"
}

# debian_disk: $DEBIAN as an ext4 of 1 GiB in the file $DEBIAN.img.
debian_disk() {
  exec 9>"$DEBIAN.lock"
  flock 9
  if [ ! "$DEBIAN.img" -nt "$DEBIAN.packages" ]; then
    truncate -s 0 "$DEBIAN.img.new"
    truncate -s 1G "$DEBIAN.img.new"
    mkfs.ext4 -q -F -O ^has_journal -d "$DEBIAN" "$DEBIAN.img.new" || fail "mkfs.ext4 of $DEBIAN"
    mv "$DEBIAN.img.new" "$DEBIAN.img"
  fi
  exec 9>&-
}

# guest_packages: the Debian in which the program runs from a checkout, with LVM, as $DEBIAN.
guest_packages() { debian_root guest openjdk-17-jre-headless libfuse2 fuse3 lvm2 kmod attr; }
