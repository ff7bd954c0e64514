// From the times of tokens to what people ask for.
#ifndef SPACEMOE_CLI_GENERATE_TIMING_H_
#define SPACEMOE_CLI_GENERATE_TIMING_H_

#include <optional>

#include "cli/generate/outcome.h"
#include "runtime/trace/latency_summary.h"
#include "runtime/trace/token_times.h"

namespace spacemoe {

struct Timing {
  // Mean over the sequences that have a token; unset when none has.
  std::optional<double> time_to_first_token_ms;
  // Over the decode laps: those of all tokens of a text but its first. Unset
  // without one.
  std::optional<LatencySummary> per_token_ms;
  std::optional<BreakdownMs> breakdown_ms;
  int64_t tokens = 0;  // of all texts
  // Tokens over the emulated time from the first injection to the last token.
  double tokens_per_second = 0;
};

Timing TimingOf(const GenerateOutcome& outcome);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_GENERATE_TIMING_H_
