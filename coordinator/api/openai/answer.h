// From a running generation to what the client gets.
#ifndef SPACEMOE_COORDINATOR_API_OPENAI_ANSWER_H_
#define SPACEMOE_COORDINATOR_API_OPENAI_ANSWER_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "coordinator/api/openai/answer_format.h"
#include "coordinator/api/openai/generation.h"
#include "coordinator/api/openai/link_watch.h"
#include "coordinator/api/openai/report.h"
#include "coordinator/api/openai/request.h"
#include "runtime/http/exchange.h"

namespace spacemoe::openai {

// What both kinds of answers need.
struct AnswerContext {
  GenerationRequest request;
  std::vector<std::string> echoes;  // by prompt; empty unless echoed
  int64_t prompt_tokens = 0;        // of all prompts
  RingFacts ring;
  LinkWatch* links = nullptr;  // borrowed
  const TextCodec* codec = nullptr;
  std::shared_ptr<HttpExchange> exchange;
  // Set when the generation is made; valid while it calls.
  const std::vector<SequenceState>* sequences = nullptr;
};

AnswerFormat FormatOf(const AnswerContext& context);
Usage UsageOf(const AnswerContext& context);

// Of a request, from its start on.
class ReportMaker {
 public:
  explicit ReportMaker(std::shared_ptr<AnswerContext> context);

  // Asks the ring, then calls `done` on the exchange's strand; without the
  // links when a satellite does not answer for two seconds. The sequences are
  // looked at now. Takes the place of the exchange's timer.
  void Make(std::function<void(const Json& report)> done) const;

 private:
  const std::shared_ptr<AnswerContext> context_;
  const absl::Time began_;
  const LinkStatistics before_;
};

// Sequences are numbered prompt by prompt, best_of for each. The answer goes to
// the exchange: in one piece, or as events.
std::unique_ptr<GenerationListener> NewWholeAnswer(
    std::shared_ptr<AnswerContext> context);
std::unique_ptr<GenerationListener> NewStreamedAnswer(
    std::shared_ptr<AnswerContext> context);

}  // namespace spacemoe::openai

#endif  // SPACEMOE_COORDINATOR_API_OPENAI_ANSWER_H_
