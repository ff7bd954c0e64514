#include "runtime/base/clock.h"

#include <ctime>

namespace spacemoe {
namespace {

int64_t Nanos(clockid_t id) {
  timespec ts;
  clock_gettime(id, &ts);
  return int64_t{ts.tv_sec} * 1'000'000'000 + ts.tv_nsec;
}

int64_t Scaled(int64_t ns, double factor) {
  return factor == 1.0 ? ns : static_cast<int64_t>(ns * factor);
}

}  // namespace

int64_t MonotonicNanos() { return Nanos(CLOCK_MONOTONIC); }

int64_t MonotonicClock::Now() const {
  return Scaled(MonotonicNanos() - epoch_ns_, scale_);
}

int64_t MonotonicClock::ThreadCpu() const {
  return Scaled(Nanos(CLOCK_THREAD_CPUTIME_ID), scale_);
}

int64_t MonotonicClock::ToMonotonic(int64_t emulated_ns) const {
  return epoch_ns_ + Scaled(emulated_ns, 1.0 / scale_);
}

}  // namespace spacemoe
