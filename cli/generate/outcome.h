// What a generation came to, on the ring or in one process.
#ifndef SPACEMOE_CLI_GENERATE_OUTCOME_H_
#define SPACEMOE_CLI_GENERATE_OUTCOME_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "coordinator/core/sequence.h"
#include "coordinator/text/prompt.h"
#include "runtime/trace/link_statistics.h"
#include "runtime/trace/token_times.h"

namespace spacemoe {

struct GenerateJob {
  std::string model;
  std::vector<Prompt> prompts;
  SequenceSpec spec;  // of every sequence; its prompt is not used
  int parallel = 0;   // sequences in flight; 0: all
};

struct SequenceOutcome {
  std::vector<int64_t> prompt_ids;
  std::vector<int64_t> ids;  // without the end token
  std::optional<std::string> text;
  FinishReason finish = FinishReason::kNone;
  std::vector<TokenTime> times;         // [ids]
  std::vector<TokenLogprobs> logprobs;  // [ids], if asked for
};

struct GenerateOutcome {
  std::vector<SequenceOutcome> sequences;
  int satellites = 0;  // 0: one process
  std::optional<std::string> constellation;
  std::optional<std::string> strategy;
  LinkStatistics links;
  double wall_seconds = 0;  // from the first request to the last token
};

// Text as it comes: the sequence's place in the job, and whole characters.
// Called by several threads, one at a time.
using TextCallback = std::function<void(size_t sequence, const std::string&)>;

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_GENERATE_OUTCOME_H_
