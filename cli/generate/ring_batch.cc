#include "cli/generate/ring_batch.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>
#include <utility>

#include "models/wire/sampler_proto.h"
#include "runtime/base/process.h"
#include "runtime/trace/latency_breakdown_proto.h"

namespace spacemoe {
namespace {

FinishReason FinishFrom(v1::FinishReason reason) {
  if (reason == v1::FINISH_REASON_STOP) return FinishReason::kStop;
  if (reason == v1::FINISH_REASON_LENGTH) return FinishReason::kLength;
  return FinishReason::kNone;
}

void SetPrompt(const Prompt& prompt, v1::GenerateRequest* request) {
  if (const auto* text = std::get_if<TextPrompt>(&prompt)) {
    request->set_text(text->text);
  } else if (const auto* tokens = std::get_if<TokenPrompt>(&prompt)) {
    request->mutable_tokens()->mutable_ids()->Add(tokens->ids.begin(),
                                                  tokens->ids.end());
  } else {
    for (const ChatTurn& turn : std::get<ChatPrompt>(prompt).messages) {
      v1::ChatMessage* const message = request->mutable_chat()->add_messages();
      message->set_role(turn.role);
      message->set_content(turn.content);
    }
  }
}

void AddToken(const v1::GenerateEvent::Token& token, SequenceOutcome* outcome) {
  if (token.end_token()) return;
  outcome->ids.push_back(token.id());
  outcome->times.push_back(
      {token.emitted_ns(), token.lap_ns(), FromProto(token.lap())});
  if (token.has_logprobs())
    outcome->logprobs.push_back(FromProto(token.logprobs()));
}

// Threads take prompts one after the other; each has one sequence in flight.
class Batch {
 public:
  Batch(const GenerateJob& job, CoordinatorClient* client,
        const TextCallback& on_text)
      : job_(job),
        client_(client),
        on_text_(on_text),
        outcomes_(job.prompts.size()) {}

  absl::StatusOr<std::vector<SequenceOutcome>> Run() {
    const int all = static_cast<int>(job_.prompts.size());
    const int count = job_.parallel > 0 ? std::min(job_.parallel, all) : all;
    std::vector<std::thread> threads;
    for (int i = 0; i < count; ++i) threads.emplace_back([this] { Work(); });
    for (std::thread& thread : threads) thread.join();
    if (!status_.ok()) return status_;
    return std::move(outcomes_);
  }

 private:
  void Work() {
    // Satellites on this machine make the tokens that it waits for.
    PreferThroughput();
    for (size_t i; (i = next_++) < outcomes_.size() && !failed_;) RunOne(i);
  }

  void RunOne(size_t sequence) {
    SequenceOutcome* const outcome = &outcomes_[sequence];
    const absl::Status status = client_->Generate(
        RequestFor(job_.prompts[sequence], job_.spec),
        [this, sequence, outcome](const v1::GenerateEvent& event) {
          Handle(event, sequence, outcome);
          return !failed_;
        });
    if (!status.ok() && !failed_.exchange(true)) status_ = status;
  }

  void Handle(const v1::GenerateEvent& event, size_t sequence,
              SequenceOutcome* outcome) {
    if (event.has_admitted()) {
      outcome->prompt_ids.assign(event.admitted().prompt_ids().begin(),
                                 event.admitted().prompt_ids().end());
    } else if (event.has_token()) {
      AddToken(event.token(), outcome);
      Tell(sequence, event.token().text());
    } else if (event.has_finished()) {
      outcome->finish = FinishFrom(event.finished().reason());
      if (event.finished().has_text()) outcome->text = event.finished().text();
      Tell(sequence, event.finished().trailing_text());
    }
  }

  void Tell(size_t sequence, const std::string& text) {
    if (!on_text_ || text.empty()) return;
    std::lock_guard<std::mutex> lock(text_mutex_);
    on_text_(sequence, text);
  }

  const GenerateJob& job_;
  CoordinatorClient* const client_;
  const TextCallback& on_text_;
  std::atomic<size_t> next_ = 0;
  std::atomic<bool> failed_ = false;
  absl::Status status_;  // of the thread that failed first
  std::vector<SequenceOutcome> outcomes_;
  std::mutex text_mutex_;
};

}  // namespace

v1::GenerateRequest RequestFor(const Prompt& prompt, const SequenceSpec& spec) {
  v1::GenerateRequest request;
  SetPrompt(prompt, &request);
  request.set_max_tokens(spec.max_tokens);
  request.set_ignore_eos(spec.ignore_eos);
  *request.mutable_sampling() = ToProto(spec.sampling);
  if (spec.logprobs.has_value()) request.set_logprobs(*spec.logprobs);
  return request;
}

absl::StatusOr<std::vector<SequenceOutcome>> RunBatch(
    const GenerateJob& job, CoordinatorClient* client,
    const TextCallback& on_text) {
  return Batch(job, client, on_text).Run();
}

}  // namespace spacemoe
