# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What the tests of writing share, on top of functions.sh.

# writable_images DIR BYTES [NAME...]: new images, one of each kind that can be written or those of
# the names; in $IMAGES stand their names. VDISKFS_IMAGES="NAME..." looks at some of them only.
writable_images() {
  local name options all="plain.qcow2 small.qcow2 extended.qcow2 old.qcow2 plain.vdi plain.vmdk flat.vmdk
    split.vmdk plain.vhd fixed.vhd plain.raw"
  mkdir -p "$1"
  IMAGES=()
  for name in ${VDISKFS_IMAGES:-${*:3}}; do IMAGES+=("$name"); done
  [ ${#IMAGES[@]} -gt 0 ] || read -rd '' -a IMAGES <<<"$all" || true
  for name in "${IMAGES[@]}"; do
    read -ra options <<<"$(options_of "$name")"
    qemu-img create -q -f "$(qemu_name "$name")" "${options[@]}" "$1/$name" "$2" ||
      fail "qemu-img create $name"
    if [ "$name" = packed.qcow2 ]; then
      # Compressed clusters, of zeroes as is all of a new disk.
      qemu-io -f qcow2 -c "write -c -P 0 1M 64k" -c "write -c -P 0 3M 64k" "$1/$name" >/dev/null
    fi
  done
}

options_of() {
  case $1 in
    lazy.qcow2) echo -o lazy_refcounts=on ;;
    small.qcow2) echo -o cluster_size=4k,refcount_bits=8 ;;
    extended.qcow2) echo -o extended_l2=on,cluster_size=128k ;;
    old.qcow2) echo -o compat=0.10 ;;
    flat.vmdk) echo -o subformat=monolithicFlat ;;
    split.vmdk) echo -o subformat=twoGbMaxExtentSparse ;;
    plain.vhd) echo -o force_size=on ;;
    fixed.vhd) echo -o subformat=fixed,force_size=on ;;
    *) echo ;;
  esac
}

# qemu_name IMAGE: the format in QEMU's words.
qemu_name() {
  case $1 in
    *.vhd | *.vpc) echo vpc ;;
    *) echo "${1##*.}" ;;
  esac
}

# sound IMAGE: what QEMU and we ourselves say of an image that nobody has open; leaks are not sound.
sound() {
  local status=0
  qemu-img check -q -f "$(qemu_name "$1")" "$1" >check.out 2>&1 || status=$?
  [ $status -eq 0 ] || [ $status -eq 63 ] || fail "qemu-img check $1: $(head -n 5 check.out)"
  if [ "$(qemu_name "$1")" = raw ]; then return; fi
  status=0
  "$VDISKFS" check "$1" >check.out 2>&1 || status=$?
  [ $status -eq 0 ] || fail "vdiskfs check $1: $(head -n 5 check.out)"
}

# holds IMAGE RAW: QEMU finds the content of a raw file in an image.
holds() {
  qemu-img compare -q -f "$(qemu_name "$1")" -F raw "$1" "$2" || fail "$1 does not hold $2"
}

# make_tree DIR [SEED]: some hundred files of all sizes.
make_tree() {
  mkdir -p "$1"
  python3 - "$1" "${2:-1}" <<'END'
import os, random, sys
random.seed(int(sys.argv[2]))
for i in range(200):
    folder = os.path.join(sys.argv[1], "folder%d" % (i % 7))
    os.makedirs(folder, exist_ok=True)
    size = random.choice((0, 1, 100, 4096, 5000, 70000, 300000))
    with open(os.path.join(folder, "file%d" % i), "wb") as f:
        f.write(random.randbytes(size))
END
}

# on_loop FILE COMMAND...: runs a command with a loop device over FILE as its last argument.
on_loop() {
  local loop file=$1 status=0
  shift
  loop=$(losetup --find --show "$file")
  "$@" "$loop" || status=$?
  losetup -d "$loop"
  # The device goes away when its last user has, and only then the file is closed.
  within 10 no_loop "$file" || fail "the loop device of $file does not go away"
  return $status
}

no_loop() { [ -z "$(losetup -j "$1")" ]; }

# writes_tree MKFS FSCK: each image gets a file system with a tree of files, which is still there
# after a new mount of everything.
writes_tree() {
  local name mkfs=$1 fsck=$2
  make_tree tree
  mkdir -p guest
  mount_folder images
  for name in "${IMAGES[@]}"; do
    on_loop "$MNT/$name.raw" fill_guest "$mkfs" || fail "$name: cannot be filled"
  done
  unmount_folder
  for name in "${IMAGES[@]}"; do sound "images/$name"; done
  mount_folder images
  for name in "${IMAGES[@]}"; do
    on_loop "$MNT/$name.raw" verify_guest "$fsck" || fail "$name: the file system differs"
  done
  unmount_folder
}

# shellcheck disable=SC2086 # the commands are words
fill_guest() {
  $1 "$2" >mkfs.out 2>&1 || { tail mkfs.out; return 1; }
  mount "$2" guest
  cp -r tree guest/a
  cp -r tree guest/b
  sync -f guest
  rm -r guest/a
  cp -r tree guest/c
  umount guest
}

# shellcheck disable=SC2086 # the commands are words
verify_guest() {
  $1 "$2" >fsck.out 2>&1 || { tail fsck.out; return 1; }
  mount -o ro "$2" guest
  local status=0
  { diff -r tree guest/b && diff -r tree guest/c && [ ! -e guest/a ]; } || status=1
  umount guest
  return $status
}

# not_corrupt IMAGE [quick]: as sound after a crash: leaks are allowed, and refcounts that are behind
# where the image says so by its dirty bit; those are brought up to date in a copy. Quick asks QEMU
# only.
not_corrupt() {
  local status=0 image=$1 format
  format=$(qemu_name "$1")
  if [ "$format" = qcow2 ] && qemu-img info -f qcow2 "$1" | grep -q "lazy refcounts: true"; then
    image=repaired.qcow2
    cp "$1" $image
    if [ "${2:-}" = quick ]; then
      qemu-img check -q -r all -f qcow2 $image >check.out 2>&1 || true
    else
      "$VDISKFS" check -r all $image >check.out 2>&1 ||
        fail "vdiskfs check -r all $1: $(head -n 5 check.out)"
    fi
  fi
  qemu-img check -q -f "$format" "$image" >check.out 2>&1 || status=$?
  case $status in 0 | 3 | 63) ;; *) fail "qemu-img check $1: $(head -n 5 check.out)" ;; esac
  if [ "$format" = raw ] || [ "${2:-}" = quick ]; then return; fi
  status=0
  "$VDISKFS" check "$image" >check.out 2>&1 || status=$?
  case $status in 0 | 3) ;; *) fail "vdiskfs check $1: $(head -n 5 check.out)" ;; esac
}
