#include "cli/generate/timing.h"

#include <algorithm>
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
  timing.per_token_ms = SummarizeLaps(laps);
  timing.breakdown_ms = MeanBreakdown(laps);
  return timing;
}

}  // namespace spacemoe
