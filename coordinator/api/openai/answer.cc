#include "coordinator/api/openai/answer.h"

#include <optional>
#include <utility>

#include "absl/time/clock.h"

namespace spacemoe::openai {

AnswerFormat FormatOf(const AnswerContext& context) {
  const GenerationRequest& request = context.request;
  return AnswerFormat(
      {request.chat, request.model, request.spec.logprobs.has_value(),
       request.return_token_ids},
      context.codec);
}

Usage UsageOf(const AnswerContext& context) {
  Usage usage{context.prompt_tokens, 0};
  for (const SequenceState& state : *context.sequences) {
    usage.completion_tokens += state.times.size();
  }
  return usage;
}

ReportMaker::ReportMaker(std::shared_ptr<AnswerContext> context)
    : context_(std::move(context)),
      began_(absl::Now()),
      before_(context_->links->Last()) {}

void ReportMaker::Make(std::function<void(const Json& report)> done) const {
  // The generation may be gone when the ring has told.
  const auto states =
      std::make_shared<std::vector<SequenceState>>(*context_->sequences);
  context_->links->Get(began_, [context = context_, before = before_, states,
                                done = std::move(done)](
                                   const std::optional<LinkStatistics>& after) {
    context->exchange->Post([context, before, after, states, done] {
      std::optional<LinkStatistics> links;
      if (after.has_value()) links = Since(before, *after);
      done(ReportOf(context->ring, *states, links));
    });
  });
}

}  // namespace spacemoe::openai
