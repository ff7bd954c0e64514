// The sequences of one request, on their way.
#ifndef SPACEMOE_COORDINATOR_API_OPENAI_GENERATION_H_
#define SPACEMOE_COORDINATOR_API_OPENAI_GENERATION_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "coordinator/core/cluster.h"
#include "coordinator/core/sequence.h"
#include "runtime/http/exchange.h"
#include "runtime/trace/token_times.h"

namespace spacemoe::openai {

// A token of the text.
struct TextToken {
  int64_t id = 0;
  std::optional<TokenLogprobs> logprobs;
};

// What a sequence has come to. Tokens whose text may belong to a stop string
// are not told before it is known.
struct SequenceState {
  std::string text;
  std::vector<TextToken> tokens;   // of `text`
  std::vector<TextToken> waiting;  // their text is held back
  std::vector<TokenTime> times;    // of both, and of what a stop cut off
  double logprob_sum = 0;
  FinishReason finish = FinishReason::kNone;
};

// Called on the exchange's strand.
class GenerationListener {
 public:
  virtual ~GenerationListener() = default;
  // Once all sequences run or wait.
  virtual void OnStarted() = 0;
  // New text, and the tokens that it is made of; either may be empty.
  virtual void OnText(size_t sequence, const std::string& text,
                      const std::vector<TextToken>& tokens) = 0;
  virtual void OnFinished(size_t sequence) = 0;
  // One of these two, once, the last.
  virtual void OnAllFinished() = 0;
  virtual void OnError(const absl::Status& status) = 0;
};

// Lives as long as a sequence runs or something is posted for it. Sequences are
// freed when the client leaves, when the time is over, or when one of them
// fails. All on the exchange's strand but Begin.
class Generation : public std::enable_shared_from_this<Generation> {
 public:
  // `cluster` is borrowed and outlives the exchange's server.
  Generation(Cluster* cluster, std::shared_ptr<HttpExchange> exchange,
             std::vector<SequenceSpec> specs,
             std::unique_ptr<GenerationListener> listener);
  ~Generation();

  // From any thread. Errors of the start come over the listener.
  void Begin(absl::Duration timeout);

  const std::vector<SequenceState>& sequences() const { return states_; }

 private:
  class Sink;

  void Start(absl::Duration timeout);
  absl::Status StartAll();
  void OnToken(size_t sequence, const TokenReport& token,
               const std::string& text);
  void OnFinished(size_t sequence, const FinishReport& finish);
  void OnError(const absl::Status& status);
  void Tell(size_t sequence, const std::string& text);
  // Frees what still runs; nothing is told any more.
  void Cancel();

  Cluster* const cluster_;
  const std::shared_ptr<HttpExchange> exchange_;
  std::vector<SequenceSpec> specs_;  // moved away by Start
  const std::unique_ptr<GenerationListener> listener_;
  std::vector<SequenceState> states_;
  std::vector<std::unique_ptr<Sink>> sinks_;
  size_t running_ = 0;
  bool ended_ = false;
};

}  // namespace spacemoe::openai

#endif  // SPACEMOE_COORDINATOR_API_OPENAI_GENERATION_H_
