#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A guest writes an image's header into its raw disk, which then names a file of the host
# (CVE-2008-2004, CVE-2026-24708): .raw stays raw, and an .img without a signature gets none.
. "$(dirname "$0")/functions.sh"

requires fuse qemu

mkdir images
echo secret >secret
qemu-img create -q -f qcow2 -b "$TMP/secret" -F raw -u evil.qcow2 1M
truncate -s 1M images/guest.raw images/guest.img
random_file noise 4096

# Error numbers of writes: write_errors PATH FILE OFFSET [FLAG]
write_errors() {
  python3 - "$@" <<'END'
import errno, os, sys
path, source, offset, *flags = sys.argv[1:]
fd = os.open(path, os.O_RDWR | sum(getattr(os, f) for f in flags))
try:
    os.pwrite(fd, open(source, "rb").read(512), int(offset))
    os.close(fd)
    print("OK")
except OSError as e:
    print(errno.errorcode[e.errno])
END
}

printf 'conectix' >footer
for options in "" cache=none; do
  : >log
  mount_folder images "$options"
  expect "noise at the start" OK "$(write_errors "$MNT/guest.img.raw" noise 0)"
  cp images/guest.img before
  expect "a header" EPERM "$(write_errors "$MNT/guest.img.raw" evil.qcow2 0)"
  expect "a header, O_SYNC" EPERM "$(write_errors "$MNT/guest.img.raw" evil.qcow2 0 O_SYNC)"
  expect "a footer" EPERM "$(write_errors "$MNT/guest.img.raw" footer $((1048576 - 512)))"
  same_content images/guest.img before
  same_content "$MNT/guest.img.raw" before
  for format in qcow2 vpc; do
    grep -q "guest.img: refused a write that would turn this raw disk into $format" log || fail "no reason in the log"
  done
  expect "a header elsewhere" OK "$(write_errors "$MNT/guest.img.raw" evil.qcow2 4096)"
  printf 'conectix' | dd of="$MNT/guest.img.raw" bs=1 seek=8192 conv=notrunc status=none
  fails_with 1 "Operation not permitted" truncate -s 8704 "$MNT/guest.img.raw"
  expect "size" 1048576 "$(stat -c %s images/guest.img)"
  # A new disk is no way round it: .img is the name of no format.
  [ "$(open_errors "$MNT/guest.img.raw")" = OK ] || fail "guest.img is gone"
  if cp evil.qcow2 "$MNT/new.img.raw" 2>/dev/null || [ -e images/new.img ]; then fail "new.img was made"; fi
  unmount_folder
done

mount_folder images
expect "a header in a .raw" OK "$(write_errors "$MNT/guest.raw.raw" evil.qcow2 0)"
unmount_folder
cp images/guest.raw before
mount_folder images backing=any
same_content "$MNT/guest.raw.raw" before
expect "format" raw "$(getfattr --absolute-names --only-values -n user.vdiskfs.format "$MNT/guest.raw.raw")"
