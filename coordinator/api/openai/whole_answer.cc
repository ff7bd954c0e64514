// An answer in one piece.
#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/time/clock.h"
#include "coordinator/api/openai/answer.h"

namespace spacemoe::openai {
namespace {

AnswerFormat FormatOf(const AnswerContext& context, const TextCodec* codec) {
  return AnswerFormat({context.request.chat, context.request.model,
                       context.request.spec.logprobs.has_value(),
                       context.request.return_token_ids},
                      codec);
}

// Log-probability of a token, on average.
double Quality(const SequenceState& sequence) {
  return sequence.times.empty() ? 0
                                : sequence.logprob_sum / sequence.times.size();
}

class WholeAnswer final : public GenerationListener {
 public:
  explicit WholeAnswer(std::shared_ptr<AnswerContext> context)
      : context_(std::move(context)),
        format_(FormatOf(*context_, context_->codec)),
        began_(absl::Now()),
        links_before_(context_->links->Last()) {}

  void OnStarted() override {}
  void OnText(size_t, const std::string&,
              const std::vector<TextToken>&) override {}
  void OnFinished(size_t) override {}

  void OnAllFinished() override {
    Json answer = format_.Whole(Choices(), UsageOfAll());
    // The generation may be gone when the ring has told.
    const auto states =
        std::make_shared<std::vector<SequenceState>>(*context_->sequences);
    context_->links->Get(
        began_, [context = context_, states, answer = std::move(answer),
                 before = links_before_](
                    const std::optional<LinkStatistics>& after) mutable {
          context->exchange->Post([context, states, after, before,
                                   answer = std::move(answer)]() mutable {
            std::optional<LinkStatistics> links;
            if (after.has_value()) links = Since(before, *after);
            answer["spacemoe"] = ReportOf(context->ring, *states, links);
            context->exchange->Respond(JsonResponse(answer));
          });
        });
  }

  void OnError(const absl::Status& status) override {
    context_->exchange->Respond(ToResponse(ToApiError(status)));
  }

 private:
  // The n best of each prompt's texts, the best first if there was a choice.
  std::vector<size_t> Chosen(size_t prompt) const {
    const auto& request = context_->request;
    std::vector<size_t> chosen(request.best_of);
    std::iota(chosen.begin(), chosen.end(), prompt * request.best_of);
    if (request.best_of > request.n) {
      const auto& sequences = *context_->sequences;
      std::stable_sort(chosen.begin(), chosen.end(), [&](size_t a, size_t b) {
        return Quality(sequences[a]) > Quality(sequences[b]);
      });
      chosen.resize(request.n);
    }
    return chosen;
  }

  Json Choices() const {
    Json choices = Json::array();
    for (size_t i = 0; i < context_->request.prompts.size(); ++i) {
      for (const size_t sequence : Chosen(i)) {
        const SequenceState& state = (*context_->sequences)[sequence];
        choices.push_back(format_.Choice(static_cast<int>(choices.size()),
                                         context_->echoes[i] + state.text,
                                         state.tokens, state.finish));
      }
    }
    return choices;
  }

  Usage UsageOfAll() const {
    Usage usage;
    usage.prompt_tokens = context_->prompt_tokens;
    for (const SequenceState& state : *context_->sequences) {
      usage.completion_tokens += state.times.size();
    }
    return usage;
  }

  const std::shared_ptr<AnswerContext> context_;
  const AnswerFormat format_;
  const absl::Time began_;
  const LinkStatistics links_before_;
};

}  // namespace

std::unique_ptr<GenerationListener> NewWholeAnswer(
    std::shared_ptr<AnswerContext> context) {
  return std::make_unique<WholeAnswer>(std::move(context));
}

}  // namespace spacemoe::openai
