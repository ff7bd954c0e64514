#!/bin/sh
# Builds and runs the tests under sanitizers.
#
#   tools/sanitize.sh core       ASan and UBSan, all that needs no libtorch
#   tools/sanitize.sh address    ASan and UBSan, everything
#   tools/sanitize.sh thread     TSan, everything
set -eu

cd "$(dirname "$0")/.."
suppressions=$PWD/tools/suppressions

case ${1:-} in
  core) preset=asan-core ;;
  address) preset=asan ;;
  thread) preset=tsan ;;
  *) echo "usage: tools/sanitize.sh core|address|thread" >&2; exit 2 ;;
esac

export ASAN_OPTIONS="detect_stack_use_after_return=1:strict_string_checks=1:allocator_may_return_null=1:abort_on_error=0"
export LSAN_OPTIONS="suppressions=$suppressions/lsan.supp:print_suppressions=0"
export UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1"
# An interrupt ends a program whose threads have not been joined.
export TSAN_OPTIONS="report_thread_leaks=0:suppressions=$suppressions/tsan.supp:halt_on_error=0:exitcode=66:second_deadlock_stack=1:ignore_noninstrumented_modules=1"

# Satellites are executed, not forked, under a sanitizer: a forked child shares
# its shadow memory with the parent, and TSan does not follow forks.
export SPACEMOE_EXECUTE_SATELLITES=1
# A few of them will do: the demo's constellation is left to the release build,
# and so are the bits of its model, which take a quarter of an hour.
export GTEST_FILTER='-Demo.*:*BatchInvarianceTest.*/demo'

tools/build.sh "$preset"

# GCC 12's TSan does not know the memory layout that kernels with more random
# bits in mmap (vm.mmap_rnd_bits above 28) give a program.
launch=
if [ "$preset" = tsan ] && setarch -R true 2>/dev/null; then
  launch="setarch -R"
fi
exec $launch ctest --preset "$preset" -j "${JOBS:-$(tools/jobs.sh)}" --no-label-summary
