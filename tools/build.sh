#!/bin/sh
# Configures where needed and builds a preset.
#
#   tools/build.sh PRESET [-DNAME=VALUE]... [TARGET]...
#
# Progress goes to stderr; nothing is said when there is nothing to do.
set -eu

cd "$(dirname "$0")/.."
preset=$1
shift
build=build/$preset

options=
targets=
for argument; do
  case $argument in
    -D*) options="$options $argument" ;;
    *) targets="$targets $argument" ;;
  esac
done

# Options stay in CMake's cache: only those that are not there yet matter.
configured() {
  [ -f "$build/build.ninja" ] || return 1
  for option in $options; do
    name=${option#-D}
    grep -q "^${name%%=*}:[A-Z]*=${name#*=}\$" "$build/CMakeCache.txt" || return 1
  done
}

if ! configured; then
  echo "spacemoe: configuring $build" >&2
  cmake --preset "$preset" $options >&2
fi

# With nothing to do, say nothing.
if ninja -C "$build" -n $targets 2>/dev/null | grep -q 'no work to do'; then
  exit 0
fi
ninja -C "$build" -j "${JOBS:-$(tools/jobs.sh)}" $targets >&2
