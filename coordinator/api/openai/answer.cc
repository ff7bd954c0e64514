#include "coordinator/api/openai/answer.h"

#include <optional>
#include <utility>

#include "absl/time/clock.h"

namespace spacemoe::openai {
namespace {

// How long a finished answer waits for what the links have done.
constexpr absl::Duration kPatience = absl::Seconds(2);

}  // namespace

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
  // Once, with what comes first: the ring's answer, or the end of patience.
  // Both come on the exchange's strand.
  auto finish = [report = ReportOf(context_->ring, *context_->sequences),
                 done = std::move(done), told = std::make_shared<bool>(false)](
                    const std::optional<LinkStatistics>& links) {
    if (std::exchange(*told, true)) return;
    Json complete = report;
    complete["links"] = LinksOf(links);
    done(complete);
  };
  context_->exchange->After(kPatience, [finish] { finish(std::nullopt); });
  context_->links->Get(began_, [context = context_, before = before_, finish](
                                   const std::optional<LinkStatistics>& after) {
    context->exchange->Post([before, after, finish] {
      finish(after.has_value() ? std::optional(Since(before, *after))
                               : std::nullopt);
    });
  });
}

}  // namespace spacemoe::openai
