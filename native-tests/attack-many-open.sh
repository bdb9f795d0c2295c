#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Somebody opens more disks than the server may have files: he gets EMFILE, and the mount lists and
# serves what is open already. Images that name very many files are refused.
. "$(dirname "$0")/functions.sh"
. "$TESTS/attacks.sh"

requires fuse qemu getfattr

mkdir images
sparse_disk disk.raw
qemu-img convert -f raw -O qcow2 disk.raw images/good.qcow2
for i in $(seq 400); do cp images/good.qcow2 "images/disk$i.qcow2"; done
mapfile -t lines < <(for i in $(seq 2100); do echo "RW 8 FLAT \"part$i.bin\" 0"; done)
seq -f images/part%g.bin 2100 | xargs truncate -s 4096
descriptor many.vmdk "${lines[@]}"
(
  ulimit -n 300
  mount_folder images
)
MNT=$TMP/mnt
exec 5<"$MNT/good.qcow2.raw"
python3 - "$MNT" <<'END' || fail "not as it should be"
import errno, os, sys
held, errors = [], set()
for i in range(1, 401):
    try:
        held.append(os.open(f"{sys.argv[1]}/disk{i}.qcow2.raw", os.O_RDONLY))
    except OSError as e:
        errors.add(errno.errorcode[e.errno])
print(len(held), "open, then", errors)
assert errors == {"EMFILE"} and 100 < len(held) < 300, (len(held), errors)
for fd in held:
    assert len(os.pread(fd, 65536, 1 << 20)) == 65536
names = os.listdir(sys.argv[1])
assert len(names) > 401, len(names)
for name in names[:50]:
    assert os.stat(os.path.join(sys.argv[1], name)).st_size == 8 << 20 or name.startswith("many"), name
END
cmp /dev/fd/5 disk.raw || fail "what was open before"
exec 5<&-
grep -q 'more files than this process may have open' log || fail "nothing in the log"
# All are closed again.
same_content "$MNT/disk400.qcow2.raw" disk.raw
unmount_folder
mount_folder images
refused many.vmdk EOPNOTSUPP "a chain of more than 2048 files"
