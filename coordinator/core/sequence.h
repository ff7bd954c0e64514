// What the coordinator knows about a sequence, as plain values.
#ifndef SPACEMOE_COORDINATOR_CORE_SEQUENCE_H_
#define SPACEMOE_COORDINATOR_CORE_SEQUENCE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "models/sampler/logprobs.h"
#include "models/sampler/sampler.h"
#include "runtime/trace/latency_breakdown.h"

namespace spacemoe {

// A request whose prompt is tokens by now.
struct SequenceSpec {
  std::vector<int64_t> prompt;
  int64_t max_tokens = 64;
  SamplingOptions sampling;
  bool ignore_eos = false;
  bool want_logits = false;  // of every prompt position; nothing is sampled
  std::vector<std::string> stop;  // the text ends before the first of these
  // How many of the most likely tokens to tell beside each one; unset: nothing.
  std::optional<int> logprobs;
  bool internal = false;  // the coordinator's own; no observer hears of it
};

// What the head needs to start one.
struct SequenceOrder {
  uint64_t sequence = 0;
  SequenceSpec spec;
  std::vector<int64_t> end_tokens;  // none: never stops early
  int64_t capacity = 0;             // positions reserved on every gateway
};

enum class FinishReason : uint8_t { kNone, kStop, kLength };

// A token that the head sampled. Times are emulated nanoseconds; lap is since
// the sequence's previous token, or since its injection.
struct TokenReport {
  uint64_t sequence = 0;
  int64_t position = 0;
  int64_t token = 0;
  bool end_token = false;  // ends the text, does not belong to it
  FinishReason finish = FinishReason::kNone;
  int64_t emitted_ns = 0;
  int64_t lap_ns = 0;
  LatencyBreakdown lap;
  std::optional<TokenLogprobs> logprobs;
};

struct LogitsReport {
  uint64_t sequence = 0;
  int64_t first_position = 0;
  int64_t rows = 0;
  std::string values;  // float32, [rows, vocab]
};

struct FinishReport {
  FinishReason reason = FinishReason::kNone;
  std::optional<std::string> text;  // unset without a tokenizer
  std::string trailing_text;        // what streaming had held back
};

// Who asked for a sequence. Called with the cluster's lock held: must not
// block and must not call back. Nothing follows OnFinished or OnError.
class SequenceSink {
 public:
  virtual ~SequenceSink() = default;
  virtual void OnAdmitted(const std::vector<int64_t>& prompt) = 0;
  // `text`: the whole characters that the token completes, less what may be the
  // beginning of a stop string.
  virtual void OnToken(const TokenReport& token, const std::string& text) = 0;
  virtual void OnLogits(const LogitsReport& logits) = 0;
  virtual void OnFinished(const FinishReport& finish) = 0;
  virtual void OnError(const absl::Status& status) = 0;
};

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_CORE_SEQUENCE_H_
