#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The Debian package in a clean Debian: apt installs it, mount(8) and fstab use it, and purging it
# leaves nothing.
. "$(dirname "$0")/namespace.sh"
. "$(dirname "$0")/functions.sh"
. "$TESTS/debian.sh"

requires root fuse qemu debootstrap setpriv

deb=$(find "$ROOT/target" -maxdepth 1 -name 'vdiskfs_*_all.deb' -newer "$ROOT/pom.xml")
[ -n "$deb" ] || fail "no package; make it with: mvn -Pdeb package"
guest_packages
debian_root minimal
cp -a "$DEBIAN" root
for folder in dev proc; do mount --bind /$folder root/$folder; done
mount --bind "$DEBIANS/packages" root/var/cache/apt/archives
cp "$deb" root/root/vdiskfs.deb
mkdir -p root/srv/images root/srv/disks
cp "$ROOT/examples/images/guest.qcow2" root/srv/images
qemu-img convert -O raw root/srv/images/guest.qcow2 root/srv/guest.raw

inside() { chroot root env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive "$@"; }
# What there is, without the package manager's own books and what mount(8) keeps until the next boot.
files() { (cd root && find . -xdev -not -path './var/lib/dpkg/*' -not -path './var/log/*' -not -path './tmp/*' -not -path './run/*' | sort); }
install() { inside apt-get -qq install --no-install-recommends /root/vdiskfs.deb >apt.out 2>&1 || fail "apt: $(tail apt.out)"; }
purge() { inside apt-get -qq purge vdiskfs >apt.out 2>&1 || fail "apt: $(tail apt.out)"; }
mounted_disk() { # mounted_disk MOUNT_WORD...
  inside mount "$@" || fail "mount $*"
  inside cmp /srv/guest.raw /srv/disks/guest.qcow2.raw || fail "the disk differs"
  inside vdiskfs umount /srv/disks || fail "umount"
}

# apt brings what the package needs, which stays when the package goes.
install
purge
files >before
install
expect_match "version" "^vdiskfs [0-9]" "$(inside vdiskfs --version)"
expect_match "a user's command" '"format" : "qcow2"' "$(inside setpriv --reuid=65534 --clear-groups \
  vdiskfs info --output=json /srv/images/guest.qcow2 | tr -d '\n')"
inside env VDISKFS_JAVA_OPTS=-Xlog:class+load:file=/tmp/classes vdiskfs --version >/dev/null
grep -q "io.github.vdiskfs.cli.Main source: shared objects file (top)" root/tmp/classes || fail "classes are not kept"
mounted_disk -t fuse.vdiskfs /srv/images /srv/disks -o ro,nofail
echo "/srv/images /srv/disks fuse.vdiskfs ro,nofail,x-systemd.device-timeout=5 0 0" >>root/etc/fstab
mounted_disk /srv/disks
fails_with 1 "unknown mount option 'nonsense'" inside mount -t fuse.vdiskfs /srv/images /srv/disks -o nonsense
fails_with 32 "neither a folder" inside mount -t fuse.vdiskfs /dev/null /srv/disks
inside /usr/share/doc/vdiskfs/examples/compare-images.sh /srv/images/guest.qcow2 \
  /usr/share/vdiskfs/examples/images/guest.qcow2 >/dev/null || fail "an example"
purge
files >after
diff before after || fail "purging leaves files"
