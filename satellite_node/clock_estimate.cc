#include "satellite_node/clock_estimate.h"

#include <algorithm>
#include <cstdlib>

namespace spacemoe {

void ClockEstimate::Add(int64_t sent_ns, int64_t other_ns,
                        int64_t received_ns) {
  if (received_ns < sent_ns) return;
  const int64_t half = (received_ns - sent_ns + 1) / 2;
  if (probes_++ > 0 && half >= round_uncertainty_ns_) return;
  round_uncertainty_ns_ = half;
  round_offset_ns_ = other_ns - (sent_ns + half);
}

void ClockEstimate::EndRound() {
  if (probes_ == 0) return;
  const int64_t low = round_offset_ns_ - round_uncertainty_ns_;
  const int64_t high = round_offset_ns_ + round_uncertainty_ns_;
  offset_ns_ = known_ ? std::clamp(offset_ns_, low, high) : round_offset_ns_;
  uncertainty_ns_ =
      round_uncertainty_ns_ + std::abs(offset_ns_ - round_offset_ns_);
  known_ = true;
}

}  // namespace spacemoe
