// Keeps a satellite's emulated clock on the coordinator's.
#ifndef SPACEMOE_SATELLITE_NODE_CLOCK_KEEPER_H_
#define SPACEMOE_SATELLITE_NODE_CLOCK_KEEPER_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "runtime/base/clock.h"
#include "satellite_node/clock_estimate.h"
#include "satellite_node/upstream.h"

namespace spacemoe {

// Processes of one host read the same clock: nothing to do. A satellite of
// another host asks the coordinator for the time in rounds of probes, one after
// the other, and moves its epoch. Used by one thread.
class ClockKeeper {
 public:
  // `clock` and `upstream` are borrowed; the epoch is the coordinator's.
  // `remote`: the coordinator has another clock than this process.
  ClockKeeper(MonotonicClock* clock, int64_t epoch_ns, bool remote,
              Upstream* upstream)
      : clock_(clock),
        epoch_ns_(epoch_ns),
        remote_(remote),
        upstream_(upstream) {}

  bool remote() const { return remote_; }
  // Whether the clock can be used.
  bool settled() const { return !remote_ || estimate_.known(); }
  // When the next round begins; infinite while one runs, or with one clock.
  absl::Time deadline() const { return next_round_; }

  // Sends a round's first probe.
  void StartRound();
  // The answer to a probe, received just now.
  void OnReply(const v1::ClockReply& reply);

 private:
  void SendProbe();

  MonotonicClock* const clock_;
  const int64_t epoch_ns_;
  const bool remote_;
  Upstream* const upstream_;
  ClockEstimate estimate_;
  absl::Time next_round_ = absl::InfiniteFuture();
};

}  // namespace spacemoe

#endif  // SPACEMOE_SATELLITE_NODE_CLOCK_KEEPER_H_
