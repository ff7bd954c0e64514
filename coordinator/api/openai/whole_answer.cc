// An answer in one piece.
#include <algorithm>
#include <numeric>
#include <utility>

#include "coordinator/api/openai/answer.h"

namespace spacemoe::openai {
namespace {

// Log-probability of a token, on average.
double Quality(const SequenceState& sequence) {
  return sequence.times.empty() ? 0
                                : sequence.logprob_sum / sequence.times.size();
}

class WholeAnswer final : public GenerationListener {
 public:
  explicit WholeAnswer(std::shared_ptr<AnswerContext> context)
      : context_(std::move(context)),
        format_(FormatOf(*context_)),
        report_(context_) {}

  void OnStarted() override {}
  void OnText(size_t, const std::string&,
              const std::vector<TextToken>&) override {}
  void OnFinished(size_t) override {}

  void OnAllFinished() override {
    const Json answer = format_.Whole(Choices(), UsageOf(*context_));
    report_.Make([context = context_, answer](const Json& report) {
      Json whole = answer;
      whole["spacemoe"] = report;
      context->exchange->Respond(JsonResponse(whole));
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

  const std::shared_ptr<AnswerContext> context_;
  const AnswerFormat format_;
  const ReportMaker report_;
};

}  // namespace

std::unique_ptr<GenerationListener> NewWholeAnswer(
    std::shared_ptr<AnswerContext> context) {
  return std::make_unique<WholeAnswer>(std::move(context));
}

}  // namespace spacemoe::openai
