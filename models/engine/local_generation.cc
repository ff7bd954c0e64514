#include "models/engine/local_generation.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "models/sampler/prompt_check.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

RequestLimits LimitsOf(const ModelConfig& config) {
  return {config.vocab_size, config.max_positions};
}

absl::Status CheckRequest(const LocalRequest& request,
                          const ModelConfig& config) {
  SPACEMOE_RETURN_IF_ERROR(CheckMaxTokens(request.max_tokens));
  SPACEMOE_RETURN_IF_ERROR(CheckPrompt(request.prompt, LimitsOf(config)));
  if (request.logprobs.has_value())
    SPACEMOE_RETURN_IF_ERROR(ValidateLogprobs(*request.logprobs));
  return ValidateSampling(request.sampling, config.vocab_size);
}

int64_t TextSize(const LocalRequest& request, const ModelConfig& config) {
  return CapacityOf(static_cast<int64_t>(request.prompt.size()),
                    request.max_tokens, LimitsOf(config));
}

}  // namespace

absl::Status ValidateRequests(absl::Span<const LocalRequest> requests,
                              const ModelConfig& config) {
  for (size_t i = 0; i < requests.size(); ++i) {
    const absl::Status status = CheckRequest(requests[i], config);
    if (status.ok()) continue;
    return absl::Status(status.code(),
                        absl::StrCat("request ", i, ": ", status.message()));
  }
  return absl::OkStatus();
}

LocalGeneration::LocalGeneration(LocalModel& model,
                                 absl::Span<const LocalRequest> requests,
                                 int parallel, int64_t prompt_rows,
                                 const LocalEngine::TokenCallback& on_token)
    : model_(model),
      requests_(requests),
      parallel_(parallel > 0 ? parallel : requests.size()),
      prompt_rows_(prompt_rows),
      on_token_(on_token),
      start_(std::chrono::steady_clock::now()),
      finished_(requests.size(), false),
      results_(requests.size()) {}

LocalGeneration::~LocalGeneration() {
  for (const ActiveRequest& a : active_) model_.Release(a.request);
}

absl::StatusOr<std::vector<LocalResult>> LocalGeneration::Run() {
  Admit();
  while (!active_.empty()) {
    SPACEMOE_RETURN_IF_ERROR(Step());
    DropFinished();
    Admit();
  }
  return std::move(results_);
}

void LocalGeneration::Admit() {
  while (active_.size() < parallel_ && next_request_ < requests_.size()) {
    const LocalRequest& request = requests_[next_request_];
    active_.push_back({next_request_, &request,
                       TextSize(request, model_.config()),
                       SequenceSampler(request.sampling, request.logprobs)});
    ++next_request_;
  }
}

absl::Status LocalGeneration::Step() {
  rows_.clear();
  NextRows(absl::MakeSpan(active_), prompt_rows_, &rows_);
  SPACEMOE_ASSIGN_OR_RETURN(const float* logits, model_.Step(rows_));
  return TakeTokens(logits);
}

// Rows that want logits come in the order of their requests, decode first.
absl::Status LocalGeneration::TakeTokens(const float* logits) {
  const int64_t vocab = model_.config().vocab_size;
  for (const LocalRow& row : rows_) {
    if (!row.wants_logits) continue;
    const auto active = std::find_if(
        active_.begin(), active_.end(),
        [&](const ActiveRequest& a) { return a.request == row.sequence; });
    SPACEMOE_RETURN_IF_ERROR(TakeToken(
        *active, active->sampler.Draw(absl::MakeConstSpan(logits, vocab),
                                      row.position + 1)));
    logits += vocab;
  }
  return absl::OkStatus();
}

absl::Status LocalGeneration::TakeToken(ActiveRequest& active,
                                        DrawnToken drawn) {
  const int64_t token = drawn.token;
  LocalResult& result = results_[active.request];
  result.stopped = IsEnd(active, token);
  finished_[active.request] =
      result.stopped || active.fed + 1 >= active.capacity;
  if (result.stopped) return absl::OkStatus();
  active.last_token = token;
  result.ids.push_back(token);
  result.token_ns.push_back(NanosecondsSinceStart());
  if (drawn.logprobs.has_value())
    result.logprobs.push_back(*std::move(drawn.logprobs));
  if (on_token_ && !on_token_(active.request, token)) {
    return absl::CancelledError("cancelled by the caller");
  }
  return absl::OkStatus();
}

bool LocalGeneration::IsEnd(const ActiveRequest& active, int64_t token) const {
  if (active.source->ignore_eos) return false;
  const std::vector<int64_t>& ends = model_.config().eos_token_ids;
  return std::find(ends.begin(), ends.end(), token) != ends.end();
}

void LocalGeneration::DropFinished() {
  const auto is_finished = [this](const ActiveRequest& a) {
    return finished_[a.request];
  };
  for (const ActiveRequest& a : active_) {
    if (is_finished(a)) model_.Release(a.request);
  }
  active_.erase(std::remove_if(active_.begin(), active_.end(), is_finished),
                active_.end());
}

int64_t LocalGeneration::NanosecondsSinceStart() const {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now() - start_)
      .count();
}

}  // namespace spacemoe
