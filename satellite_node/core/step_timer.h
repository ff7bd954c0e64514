// The compute time of one step: measured or modelled.
#ifndef SPACEMOE_SATELLITE_NODE_CORE_STEP_TIMER_H_
#define SPACEMOE_SATELLITE_NODE_CORE_STEP_TIMER_H_

#include <cstdint>
#include <optional>

#include "runtime/base/clock.h"

namespace spacemoe {

// Measured: the CPU time of the calling thread, so that a busy host is booked
// as software overhead and not as compute. Modelled: FLOPs over FLOP/s.
class StepTimer {
 public:
  // modelled_flops: FLOP/s, 0 for measured. Begins at once.
  StepTimer(const Clock& clock, double modelled_flops)
      : clock_(clock),
        rate_(modelled_flops),
        begin_cpu_ns_(clock.ThreadCpu()) {}

  // What a real satellite's radio would do is no compute.
  void Pause() { paused_at_cpu_ns_ = clock_.ThreadCpu(); }
  void Resume() {
    begin_cpu_ns_ += clock_.ThreadCpu() - *paused_at_cpu_ns_;
    paused_at_cpu_ns_.reset();
  }

  void AddFlops(double flops) { flops_ += flops; }

  // Emulated nanoseconds of compute since the beginning.
  int64_t ElapsedNs() const {
    if (rate_ > 0) return static_cast<int64_t>(flops_ / rate_ * 1e9);
    return paused_at_cpu_ns_.value_or(clock_.ThreadCpu()) - begin_cpu_ns_;
  }

 private:
  const Clock& clock_;
  const double rate_;
  int64_t begin_cpu_ns_;
  std::optional<int64_t> paused_at_cpu_ns_;
  double flops_ = 0;
};

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_CORE_STEP_TIMER_H_
