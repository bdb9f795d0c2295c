#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The Debian package has manual pages, a completion and a unit that their readers understand.
. "$(dirname "$0")/functions.sh"

requires dpkg man systemd-analyze

deb=$(find "$ROOT/target" -maxdepth 1 -name 'vdiskfs_*_all.deb' -newer "$ROOT/pom.xml")
[ -n "$deb" ] || fail "no package; make it with: mvn -Pdeb package"
dpkg -x "$deb" root

export MANWIDTH=80
for page in root/usr/share/man/man*/*.gz; do
  man --warnings -l "$page" >"${page##*/}.txt" 2>warnings || fail "$page"
  expect "warnings of $page" "" "$(cat warnings)"
done
for command in mount umount ls info map create check; do
  grep -q "^ *vdiskfs.$command - " vdiskfs-$command.1.gz.txt || fail "no manual page of $command"
done
grep -q "backing_dir=DIR" mount.fuse.vdiskfs.8.gz.txt || fail "the manual has no mount options"

# shellcheck disable=SC2016 # expanded inside
expect "completion" "mount map" "$(bash -c '. root/usr/share/bash-completion/completions/vdiskfs
  complete -p vdiskfs >/dev/null && COMP_WORDS=(vdiskfs m) COMP_CWORD=1 && _complete_vdiskfs
  echo "${COMPREPLY[@]}"')"

# The unit, and the examples of what stands on top of it.
mkdir units
sed "s|/usr/bin/vdiskfs|$TMP/root/usr/bin/vdiskfs|" root/usr/lib/systemd/system/vdiskfs@.service \
  >units/vdiskfs@.service
cp root/usr/share/vdiskfs/examples/boot/guest-loop.service units
SYSTEMD_FSTAB=$TMP/root/usr/share/vdiskfs/examples/boot/fstab \
  /lib/systemd/system-generators/systemd-fstab-generator units units units
expect "mounts of fstab" 4 "$(find units -maxdepth 1 -name 'srv-*.mount' | wc -l)"
ln -s vdiskfs@.service units/vdiskfs@srv-images.service
systemd-analyze verify --man=no units/*.mount units/guest-loop.service \
  units/vdiskfs@srv-images.service >verify.out 2>&1 || fail "the units: $(cat verify.out)"
expect "words about the units" "" "$(grep -E "vdiskfs|guest-loop|srv-" verify.out || true)"
