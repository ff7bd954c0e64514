#!/bin/sh
# Prints the Debian packages that own the shared libraries of some programs, and
# the BLAS that libtorch multiplies with.
#
#   docker/runtime_packages.sh PROGRAM...
set -eu

libraries=$(ldd "$@" | awk '$2 == "=>" && $3 ~ /^\// {print $3}' | sort -u)
for library in $libraries; do
  case $library in
    */libblas.so.3 | */liblapack.so.3) continue ;;  # alternatives: whose is chance
  esac
  real=$(readlink -f "$library")
  # Debian's merged /usr: the database may know a file by either name.
  dpkg-query -S "$real" 2>/dev/null || dpkg-query -S "${real#/usr}" 2>/dev/null || {
    echo "no package owns $library" >&2
    exit 1
  }
done | sed 's/: .*//; s/:[a-z0-9]*$//' | { cat; echo libopenblas0-pthread; } | sort -u
