#include "cli/generate/outcome_json.h"

#include <optional>
#include <string>

#include "cli/generate/timing.h"

namespace spacemoe {

using Json = nlohmann::ordered_json;

Json SummaryToJson(const std::optional<LatencySummary>& summary) {
  if (!summary.has_value()) return nullptr;
  return Json{{"mean", summary->mean},
              {"p50", summary->p50},
              {"p95", summary->p95},
              {"p99", summary->p99}};
}

Json LinksToJson(const LinkStatistics& links) {
  return Json{{"messages", links.messages},
              {"late_us",
               {{"p50", links.LatePercentileUs(0.5)},
                {"p99", links.LatePercentileUs(0.99)},
                {"max", links.max_late_us}}}};
}

namespace {

template <typename T>
Json OrNull(const std::optional<T>& value) {
  return value.has_value() ? Json(*value) : Json(nullptr);
}

Json FinishName(FinishReason reason) {
  switch (reason) {
    case FinishReason::kStop:
      return "stop";
    case FinishReason::kLength:
      return "length";
    case FinishReason::kNone:
      break;
  }
  return nullptr;
}

Json LogprobsToJson(const TokenLogprobs& logprobs) {
  Json top = Json::array();
  for (const TokenLogprob& entry : logprobs.top)
    top.push_back({{"id", entry.token}, {"logprob", entry.logprob}});
  return Json{{"logprob", logprobs.logprob}, {"top", std::move(top)}};
}

Json SequenceToJson(const SequenceOutcome& sequence) {
  Json json{{"prompt_ids", sequence.prompt_ids},
            {"ids", sequence.ids},
            {"text", OrNull(sequence.text)},
            {"finish_reason", FinishName(sequence.finish)}};
  for (const TokenLogprobs& logprobs : sequence.logprobs)
    json["logprobs"].push_back(LogprobsToJson(logprobs));
  return json;
}

Json BreakdownToJson(const std::optional<BreakdownMs>& parts) {
  if (!parts.has_value()) return nullptr;
  return Json{{"propagation", parts->propagation},
              {"processing", parts->processing},
              {"serialization", parts->serialization},
              {"queueing", parts->queueing},
              {"compute", parts->compute},
              {"software", parts->software}};
}

Json TimingToJson(const GenerateOutcome& outcome) {
  const Timing timing = TimingOf(outcome);
  return Json{{"time_to_first_token_ms", OrNull(timing.time_to_first_token_ms)},
              {"per_token_ms", SummaryToJson(timing.per_token_ms)},
              {"breakdown_ms", BreakdownToJson(timing.breakdown_ms)},
              {"links", LinksToJson(outcome.links)},
              {"tokens_per_second", timing.tokens_per_second},
              {"wall_seconds", outcome.wall_seconds}};
}

}  // namespace

nlohmann::ordered_json OutcomeToJson(const GenerateOutcome& outcome) {
  Json json = Json::object();
  Json sequences = Json::array();
  for (const SequenceOutcome& sequence : outcome.sequences) {
    sequences.push_back(SequenceToJson(sequence));
  }
  if (sequences.size() == 1) json.update(sequences.front());
  json["sequences"] = std::move(sequences);
  json["satellites"] = outcome.satellites;
  json["constellation"] = OrNull(outcome.constellation);
  json["strategy"] = OrNull(outcome.strategy);
  json["timing"] = TimingToJson(outcome);
  return json;
}

}  // namespace spacemoe
