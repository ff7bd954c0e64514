// `generate --json`.
#ifndef SPACEMOE_CLI_GENERATE_OUTCOME_JSON_H_
#define SPACEMOE_CLI_GENERATE_OUTCOME_JSON_H_

#include <optional>

#include "cli/generate/outcome.h"
#include "nlohmann/json.hpp"
#include "runtime/trace/latency_summary.h"

namespace spacemoe {

// {"sequences": [{"prompt_ids", "ids", "text", "finish_reason"}], the four
//  fields again for a job of one, "satellites", "constellation", "strategy",
//  "timing": {"time_to_first_token_ms", "per_token_ms" {mean, p50, p95, p99},
//             "breakdown_ms" {...}, "links" {messages, late_us {p50, p99,
//             max}}, "tokens_per_second", "wall_seconds"}}
// What there is none of is null: texts without a tokenizer, laps of a text of
// one token, the constellation of a single process.
nlohmann::ordered_json OutcomeToJson(const GenerateOutcome& outcome);

// Its pieces: {mean, p50, p95, p99}, or null; {messages, late_us {...}}.
nlohmann::ordered_json SummaryToJson(
    const std::optional<LatencySummary>& summary);
nlohmann::ordered_json LinksToJson(const LinkStatistics& links);

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_GENERATE_OUTCOME_JSON_H_
