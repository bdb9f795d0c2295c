#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What was written with O_SYNC, O_DSYNC, msync or fsync is in the image although the server is killed
# right after.
. "$(dirname "$0")/functions.sh"
. "$TESTS/writing.sh"

requires fuse qemu

# write_all DISK...: each way writes its letter at its own place of every disk.
write_all() {
  python3 - "$@" <<'END'
import mmap, os, sys
for disk in sys.argv[1:]:
    for place, flags in enumerate((os.O_SYNC, os.O_DSYNC, os.O_DSYNC | os.O_DIRECT, 0)):
        fd = os.open(disk, os.O_RDWR | flags)
        data = mmap.mmap(-1, 102400)
        data[:] = b"abcd"[place:place + 1] * 102400
        assert os.pwrite(fd, data, (1 + place) << 20) == 102400
        if not flags:
            os.fdatasync(fd)
    with open(disk, "r+b") as file:
        view = mmap.mmap(file.fileno(), 102400, offset=5 << 20)
        view[:] = b"e" * 102400
        view.flush()
END
}

writable_images images 8M
python3 - <<'END'
with open("expected", "wb") as file:
    for place, letter in enumerate(b"abcde"):
        file.seek((1 + place) << 20)
        file.write(bytes([letter]) * 102400)
    file.truncate(8 << 20)
END
mount_folder images
disks=()
for name in "${IMAGES[@]}"; do disks+=("$MNT/$name.raw"); done
pid=$(server_pid)
write_all "${disks[@]}" || fail "a write failed"
kill -KILL "$pid"
umount -l "$MNT"
within 5 gone "$pid"
for name in "${IMAGES[@]}"; do
  not_corrupt "images/$name"
  holds "images/$name" expected
done
