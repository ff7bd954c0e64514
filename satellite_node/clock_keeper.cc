#include "satellite_node/clock_keeper.h"

#include "absl/time/clock.h"
#include "satellite_node/messages.h"

namespace spacemoe {
namespace {

constexpr int kProbes = 16;
// Quartz clocks part by some ten microseconds a second, and by far less when
// both hosts keep theirs by NTP.
constexpr absl::Duration kBetweenRounds = absl::Seconds(5);

}  // namespace

void ClockKeeper::StartRound() {
  next_round_ = absl::InfiniteFuture();
  estimate_.StartRound();
  SendProbe();
}

void ClockKeeper::OnReply(const v1::ClockReply& reply) {
  estimate_.Add(reply.sent_ns(), reply.coordinator_ns(), MonotonicNanos());
  if (estimate_.probes() < kProbes) return SendProbe();
  estimate_.EndRound();
  clock_->SetEpoch(epoch_ns_ - estimate_.offset_ns());
  upstream_->Send(ClockReportMessage(estimate_.uncertainty_ns()));
  next_round_ = absl::Now() + kBetweenRounds;
}

void ClockKeeper::SendProbe() {
  upstream_->Send(ClockProbeMessage(MonotonicNanos()));
}

}  // namespace spacemoe
