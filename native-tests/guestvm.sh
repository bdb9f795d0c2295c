# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# What the tests with a real guest share: Debian's kernel under software emulation with an initramfs
# of busybox, which runs a script of the test and powers off.

GUEST_CACHE=${VDISKFS_GUEST_CACHE:-$ROOT/target/guest-kernel}

# guest_kernel: unpacks the kernel package once; $GUEST_VERSION says which.
guest_kernel() {
  local package
  mkdir -p "${GUEST_CACHE%/*}"
  # Tests that run side by side wait for each other here.
  exec 8>"$GUEST_CACHE.lock"
  flock 8
  if [ ! -e "$GUEST_CACHE/complete" ]; then
    rm -rf "$GUEST_CACHE"
    mkdir -p "$GUEST_CACHE/download"
    package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/.*Depends: *\(linux-image-[0-9].*\)/\1/p' | head -n 1)
    [ -n "$package" ] || fail "apt knows no linux-image-cloud-amd64"
    (cd "$GUEST_CACHE/download" && apt-get -qq download "$package") || fail "download of $package"
    dpkg -x "$GUEST_CACHE"/download/*.deb "$GUEST_CACHE"
    depmod -b "$GUEST_CACHE" "$(ls "$GUEST_CACHE/lib/modules")"
    touch "$GUEST_CACHE/complete"
  fi
  exec 8>&-
  GUEST_VERSION=$(ls "$GUEST_CACHE/lib/modules")
}

# guest_initramfs FILE SCRIPT MODULE...: an initramfs that loads the modules and runs the script; in
# $TMP/guest-root stands what it is made of, to which more may have been added before.
guest_initramfs() {
  local file=$1 script=$2 root=$TMP/guest-root module path
  shift 2
  guest_kernel
  mkdir -p "$root"/{bin,proc,sys,dev,mnt,modules}
  cp "$(command -v busybox)" "$root/bin/busybox"
  : >"$root/modules.list"
  for module in "$@"; do
    modprobe -d "$GUEST_CACHE" -S "$GUEST_VERSION" --show-depends "$module" |
      sed -n 's/^insmod \([^ ]*\).*/\1/p' >"$TMP/modules" || fail "no module $module"
    while IFS= read -r path; do
      cp "$path" "$root/modules/"
      echo "${path##*/}" >>"$root/modules.list"
    done <"$TMP/modules"
  done
  cp "$script" "$root/script"
  cat >"$root/init" <<'END'
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
while read -r module; do insmod "/modules/$module" 2>/dev/null; done </modules.list
sh /script && echo "GUEST DONE"
echo o >/proc/sysrq-trigger
sleep 60
END
  chmod +x "$root/init"
  (cd "$root" && find . | cpio -o -H newc --quiet | gzip -1) >"$file"
}

# guest_run INITRAMFS QEMU_ARGUMENT...: boots, and returns when the guest has powered itself off; what
# it said is in $TMP/console. Fails where its script did. It has $GUEST_SECONDS.
guest_run() {
  local initramfs=$1
  shift
  timeout -k 5 "${GUEST_SECONDS:-120}" qemu-system-x86_64 -accel tcg -smp 1 -m 512 -nographic -no-reboot -nic none \
    -kernel "$GUEST_CACHE/boot/vmlinuz-$GUEST_VERSION" -initrd "$initramfs" \
    -append "console=ttyS0 quiet panic=1" "$@" >"$TMP/console" 2>&1 </dev/null ||
    fail "the guest did not end: $(tail -n 20 "$TMP/console")"
  grep -q "GUEST DONE" "$TMP/console" || fail "the guest failed: $(tail -n 20 "$TMP/console")"
}
