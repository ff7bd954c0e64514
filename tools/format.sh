#!/bin/sh
# Formats every C++ source and header, or with --check says which are not.
#
#   tools/format.sh [--check]
#
# Versions of clang-format differ in details; Debian 12's, 14, is the one that
# counts. Exit code 77: it is not installed, or is another version.
set -eu

cd "$(dirname "$0")/.."
expected=14
formatter=
for candidate in "clang-format-$expected" clang-format; do
  if command -v "$candidate" >/dev/null &&
    "$candidate" --version | grep -q "version $expected\."; then
    formatter=$candidate
    break
  fi
done
if [ -z "$formatter" ]; then
  echo "SKIPPED: formatting needs clang-format $expected, which is not installed" >&2
  exit 77
fi

sources() {
  find runtime placement models satellite_node coordinator cli tests benchmarks \
    \( -name '*.cc' -o -name '*.h' \) -print0
}

case ${1:-} in
  --check) sources | xargs -0 "$formatter" --dry-run --Werror ;;
  '') sources | xargs -0 "$formatter" -i ;;
  *) echo "usage: tools/format.sh [--check]" >&2; exit 2 ;;
esac
