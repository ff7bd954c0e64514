#include "cli/generate/timing.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace spacemoe {
namespace {

constexpr double kNsPerMs = 1e6;

std::vector<TokenTime> DecodeLaps(const GenerateOutcome& outcome) {
  std::vector<TokenTime> laps;
  for (const SequenceOutcome& sequence : outcome.sequences) {
    if (sequence.times.empty()) continue;
    laps.insert(laps.end(), sequence.times.begin() + 1, sequence.times.end());
  }
  return laps;
}

LatencySummary SummaryOf(const std::vector<TokenTime>& laps) {
  std::vector<double> values;
  for (const TokenTime& lap : laps) values.push_back(lap.lap_ns / kNsPerMs);
  return Summarize(std::move(values));
}

BreakdownMs BreakdownOf(const std::vector<TokenTime>& laps) {
  LatencyBreakdown sum;
  for (const TokenTime& lap : laps) sum += lap.lap;
  const double scale = 1 / (kNsPerMs * laps.size());
  return BreakdownMs{sum.propagation_ns * scale,   sum.processing_ns * scale,
                     sum.serialization_ns * scale, sum.queueing_ns * scale,
                     sum.compute_ns * scale,       sum.software_ns * scale};
}

std::optional<double> FirstTokenMs(const GenerateOutcome& outcome) {
  double sum = 0;
  int count = 0;
  for (const SequenceOutcome& sequence : outcome.sequences) {
    if (sequence.times.empty()) continue;
    sum += sequence.times.front().lap_ns / kNsPerMs;
    ++count;
  }
  if (count == 0) return std::nullopt;
  return sum / count;
}

double TokensPerSecond(const GenerateOutcome& outcome, int64_t tokens) {
  int64_t begin = std::numeric_limits<int64_t>::max();
  int64_t end = std::numeric_limits<int64_t>::min();
  for (const SequenceOutcome& sequence : outcome.sequences) {
    if (sequence.times.empty()) continue;
    const TokenTime& first = sequence.times.front();
    begin = std::min(begin, first.emitted_ns - first.lap_ns);
    end = std::max(end, sequence.times.back().emitted_ns);
  }
  return end > begin ? tokens * 1e9 / (end - begin) : 0;
}

}  // namespace

Timing TimingOf(const GenerateOutcome& outcome) {
  Timing timing;
  for (const SequenceOutcome& sequence : outcome.sequences) {
    timing.tokens += sequence.ids.size();
  }
  timing.time_to_first_token_ms = FirstTokenMs(outcome);
  timing.tokens_per_second = TokensPerSecond(outcome, timing.tokens);
  const std::vector<TokenTime> laps = DecodeLaps(outcome);
  if (laps.empty()) return timing;
  timing.per_token_ms = SummaryOf(laps);
  timing.breakdown_ms = BreakdownOf(laps);
  return timing;
}

LinkStatistics Since(const LinkStatistics& before,
                     const LinkStatistics& after) {
  LinkStatistics since = after;
  since.messages -= before.messages;
  since.bytes -= before.bytes;
  since.requested_ns_sum -= before.requested_ns_sum;
  since.achieved_ns_sum -= before.achieved_ns_sum;
  int last = -1;
  for (int i = 0; i < LinkStatistics::kBuckets; ++i) {
    since.lateness_buckets[i] -= before.lateness_buckets[i];
    if (since.lateness_buckets[i] > 0) last = i;
  }
  // The largest may be from before: then the fullest bucket's end bounds it.
  if (after.max_late_us <= before.max_late_us) {
    since.max_late_us = last < 0 ? 0
                                 : std::min(after.max_late_us,
                                            0.1 * std::exp2((last + 1) / 4.0));
  }
  return since;
}

}  // namespace spacemoe
