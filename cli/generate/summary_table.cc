#include "cli/generate/summary_table.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/generate/timing.h"

namespace spacemoe {
namespace {

constexpr int kBarWidth = 24;

std::string Bar(double share) {
  std::string bar;
  const int blocks = static_cast<int>(share * kBarWidth + 0.5);
  for (int i = 0; i < blocks; ++i) bar += "█";
  return bar;
}

std::string PartLine(const char* name, double ms, double total) {
  const double share = total > 0 ? ms / total : 0;
  return absl::StrFormat("  %-18s %9.2f ms  %5.1f %%  %s\n", name, ms,
                         100 * share, Bar(share));
}

std::string PartsTable(const Timing& timing) {
  if (!timing.breakdown_ms.has_value()) return "";
  const BreakdownMs& parts = *timing.breakdown_ms;
  const double total = timing.per_token_ms->mean;
  return absl::StrCat("A token's lap, on average\n",
                      PartLine("propagation", parts.propagation, total),
                      PartLine("hop processing", parts.processing, total),
                      PartLine("serialization", parts.serialization, total),
                      PartLine("queueing", parts.queueing, total),
                      PartLine("compute", parts.compute, total),
                      PartLine("software overhead", parts.software, total),
                      absl::StrFormat("  %-18s %9.2f ms\n", "in all", total));
}

std::string LapsLine(const Timing& timing) {
  if (!timing.per_token_ms.has_value()) return "";
  const LatencySummary& laps = *timing.per_token_ms;
  return absl::StrFormat(
      "  laps               p50 %.1f, p95 %.1f, p99 %.1f ms\n", laps.p50,
      laps.p95, laps.p99);
}

std::string RingLines(const GenerateOutcome& outcome) {
  if (outcome.satellites == 0)
    return "  satellites         none: one process\n";
  return absl::StrFormat(
      "  satellites         %d (%s, %s placement)\n"
      "  messages           %d, late by p50 %.0f, p99 %.0f, at most %.0f us\n",
      outcome.satellites, outcome.constellation.value_or("?"),
      outcome.strategy.value_or("?"), outcome.links.messages,
      outcome.links.LatePercentileUs(0.5), outcome.links.LatePercentileUs(0.99),
      outcome.links.max_late_us);
}

}  // namespace

std::string SummaryTable(const GenerateOutcome& outcome) {
  const Timing timing = TimingOf(outcome);
  return absl::StrCat(
      "\n", PartsTable(timing), "Overall\n",
      absl::StrFormat("  first token        %.1f ms\n",
                      timing.time_to_first_token_ms.value_or(0)),
      LapsLine(timing),
      absl::StrFormat("  speed              %.2f tokens/s (%d tokens)\n",
                      timing.tokens_per_second, timing.tokens),
      RingLines(outcome));
}

}  // namespace spacemoe
