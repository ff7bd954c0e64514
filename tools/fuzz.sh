#!/bin/sh
# Builds the fuzz targets with clang and runs each for some time.
#
#   tools/fuzz.sh [SECONDS]      of each target; 60 unless given
#
# What they find is kept in build/fuzz/findings/, what they learnt in
# build/fuzz/corpus/TARGET/.
set -eu

cd "$(dirname "$0")/.."
seconds=${1:-60}

tools/build.sh fuzz fuzzers
mkdir -p build/fuzz/findings
for target in build/fuzz/bin/*_fuzz; do
  name=$(basename "$target" _fuzz)
  mkdir -p "build/fuzz/corpus/$name"
  seeds=tests/fuzz/seeds/$name
  [ -d "$seeds" ] || seeds=
  echo "spacemoe: fuzzing $name for $seconds s" >&2
  "$target" -max_total_time="$seconds" -rss_limit_mb=1024 -timeout=10 \
    -artifact_prefix="build/fuzz/findings/$name-" "build/fuzz/corpus/$name" $seeds
done
