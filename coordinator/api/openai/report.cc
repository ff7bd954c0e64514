#include "coordinator/api/openai/report.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "runtime/trace/token_times.h"

namespace spacemoe::openai {
namespace {

constexpr double kNsPerMs = 1e6;
// Messages later than this are told apart.
constexpr double kLateUs = 1000;

double Rounded(double value) { return std::round(value * 1e4) / 1e4; }

std::vector<TokenTime> DecodeLaps(const std::vector<SequenceState>& sequences) {
  std::vector<TokenTime> laps;
  for (const SequenceState& sequence : sequences) {
    if (sequence.times.empty()) continue;
    laps.insert(laps.end(), sequence.times.begin() + 1, sequence.times.end());
  }
  return laps;
}

Json FirstTokenMs(const std::vector<SequenceState>& sequences) {
  double sum = 0;
  int count = 0;
  for (const SequenceState& sequence : sequences) {
    if (sequence.times.empty()) continue;
    sum += sequence.times.front().lap_ns / kNsPerMs;
    ++count;
  }
  return count == 0 ? Json(nullptr) : Json(Rounded(sum / count));
}

Json TokensPerSecond(const std::vector<SequenceState>& sequences) {
  int64_t begin = std::numeric_limits<int64_t>::max();
  int64_t end = std::numeric_limits<int64_t>::min();
  size_t tokens = 0;
  for (const SequenceState& sequence : sequences) {
    if (sequence.times.empty()) continue;
    const TokenTime& first = sequence.times.front();
    begin = std::min(begin, first.emitted_ns - first.lap_ns);
    end = std::max(end, sequence.times.back().emitted_ns);
    tokens += sequence.times.size();
  }
  return end > begin ? Json(Rounded(tokens * 1e9 / (end - begin)))
                     : Json(nullptr);
}

Json ToJson(const LatencySummary& summary) {
  return Json{{"mean", Rounded(summary.mean)},
              {"p50", Rounded(summary.p50)},
              {"p95", Rounded(summary.p95)},
              {"p99", Rounded(summary.p99)},
              {"max", Rounded(summary.max)}};
}

Json ToJson(const BreakdownMs& parts) {
  return Json{{"propagation", Rounded(parts.propagation)},
              {"processing", Rounded(parts.processing)},
              {"serialization", Rounded(parts.serialization)},
              {"queueing", Rounded(parts.queueing)},
              {"compute", Rounded(parts.compute)},
              {"software", Rounded(parts.software)}};
}

// Buckets begin at 0.1 us x 2^(i/4).
uint64_t LateMessages(const LinkStatistics& links) {
  const int first = static_cast<int>(std::ceil(4 * std::log2(kLateUs / 0.1)));
  uint64_t late = 0;
  for (int i = first; i < LinkStatistics::kBuckets; ++i) {
    late += links.lateness_buckets[i];
  }
  return late;
}

}  // namespace

Json ReportOf(const RingFacts& ring,
              const std::vector<SequenceState>& sequences) {
  const std::vector<TokenTime> laps = DecodeLaps(sequences);
  return Json{{"satellites", ring.satellites},
              {"constellation", ring.constellation},
              {"strategy", ring.strategy},
              {"time_to_first_token_ms", FirstTokenMs(sequences)},
              {"per_token_ms",
               laps.empty() ? Json(nullptr) : ToJson(SummarizeLaps(laps))},
              {"breakdown_ms",
               laps.empty() ? Json(nullptr) : ToJson(MeanBreakdown(laps))},
              {"tokens_per_second", TokensPerSecond(sequences)}};
}

Json LinksOf(const std::optional<LinkStatistics>& links) {
  if (!links.has_value()) return nullptr;
  return Json{{"messages", links->messages},
              {"late_messages", LateMessages(*links)},
              {"late_us",
               {{"p50", Rounded(links->LatePercentileUs(0.5))},
                {"p99", Rounded(links->LatePercentileUs(0.99))},
                {"max", Rounded(links->max_late_us)}}}};
}

}  // namespace spacemoe::openai
