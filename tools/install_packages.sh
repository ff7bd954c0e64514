#!/bin/sh
# Installs the Debian packages that are missing. Returns at once when none is.
#
#   tools/install_packages.sh [build|bench|cluster|format|fuzz]...
set -eu

tools=$(dirname "$0")
. "$tools/packages.sh"

say() { echo "spacemoe: $*" >&2; }

wanted=
for group in "${@:-build}"; do
  case $group in
    build) wanted="$wanted $packages_build" ;;
    bench) wanted="$wanted $packages_bench" ;;
    cluster) wanted="$wanted $packages_cluster" ;;
    format) wanted="$wanted $packages_format" ;;
    fuzz) wanted="$wanted $packages_fuzz" ;;
    *) say "unknown package group '$group': expected build, bench, cluster, format or fuzz"; exit 2 ;;
  esac
done

if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
  say "this is not Debian: make sure that you have what these packages give:"
  say $wanted
  exit 0
fi

missing_packages() {
  for package in $wanted; do
    state=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || printf '%s ' "$package"
  done
}

# Sets `root` to what runs a command as root: nothing, or sudo.
find_root() {
  root=
  [ "$(id -u)" -eq 0 ] && return
  if command -v sudo >/dev/null; then
    # Without a terminal nobody could type a password.
    if [ -t 0 ]; then root=sudo; else root="sudo -n"; fi
    return
  fi
  say "missing packages, and neither root nor sudo to install them. As root, run:"
  say "  apt-get update && apt-get install --no-install-recommends $missing"
  exit 1
}

apt() {
  $root env DEBIAN_FRONTEND=noninteractive LC_ALL=C \
    apt-get -q -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1
}

install_missing() {
  apt install -y --no-install-recommends $missing
}

missing=$(missing_packages)
[ -n "$missing" ] || exit 0

find_root
log=$(mktemp)
trap 'rm -f "$log"' EXIT
say "installing with apt: $missing"
if ! install_missing; then
  say "refreshing apt's package lists"
  apt update || { cat "$log" >&2; say "apt-get update failed"; exit 1; }
  install_missing || {
    cat "$log" >&2
    say "apt-get install failed; try it by hand:"
    say "  apt-get install --no-install-recommends $missing"
    exit 1
  }
fi

# Debian 12's libtorch multiplies with whatever libblas.so.3 points to.
for blas in /etc/alternatives/libblas.so.3-*; do
  [ -e "$blas" ] || continue
  case $(readlink -f "$blas") in
    *openblas* | *mkl* | *blis*) ;;
    *)
      say "libblas.so.3 is $(readlink -f "$blas"), which is slow; --kernel aten would crawl."
      say "To choose OpenBLAS: update-alternatives --config $(basename "$blas")"
      ;;
  esac
done
