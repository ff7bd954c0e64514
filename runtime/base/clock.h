// The emulated clock: the only source of time.
#ifndef SPACEMOE_RUNTIME_BASE_CLOCK_H_
#define SPACEMOE_RUNTIME_BASE_CLOCK_H_

#include <atomic>
#include <cstdint>

namespace spacemoe {

// Emulated time in nanoseconds since the plan's epoch. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;

  virtual int64_t Now() const = 0;

  // CPU time that the calling thread has used, in emulated nanoseconds.
  virtual int64_t ThreadCpu() const = 0;

  // The wall-clock monotonic time (CLOCK_MONOTONIC, ns) of an emulated time:
  // what a waiting thread sleeps until.
  virtual int64_t ToMonotonic(int64_t emulated_ns) const = 0;
};

// CLOCK_MONOTONIC from an epoch, times a factor: emulated = (wall - epoch) *
// scale. A scale of 1 is the real clock. Measured CPU time scales likewise. The
// epoch may be moved, which makes the emulated time jump.
class MonotonicClock final : public Clock {
 public:
  // scale must be positive.
  MonotonicClock(int64_t epoch_monotonic_ns, double scale)
      : epoch_ns_(epoch_monotonic_ns), scale_(scale) {}

  int64_t Now() const override;
  int64_t ThreadCpu() const override;
  int64_t ToMonotonic(int64_t emulated_ns) const override;
  void SetEpoch(int64_t epoch_monotonic_ns) { epoch_ns_ = epoch_monotonic_ns; }

 private:
  std::atomic<int64_t> epoch_ns_;
  const double scale_;
};

// CLOCK_MONOTONIC in nanoseconds.
int64_t MonotonicNanos();

// Moves only when told to: for tests.
class ManualClock final : public Clock {
 public:
  int64_t Now() const override { return now_ns_; }
  int64_t ThreadCpu() const override { return cpu_ns_; }
  int64_t ToMonotonic(int64_t emulated_ns) const override {
    return emulated_ns;
  }
  void Set(int64_t now_ns) { now_ns_ = now_ns; }
  void AddCpu(int64_t ns) { cpu_ns_ += ns; }

 private:
  int64_t now_ns_ = 0;
  int64_t cpu_ns_ = 0;
};

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_BASE_CLOCK_H_
