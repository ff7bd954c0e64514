#include "coordinator/api/openai/generation.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace spacemoe::openai {

// Called with the cluster's lock held: only posts.
class Generation::Sink final : public SequenceSink {
 public:
  Sink(std::shared_ptr<Generation> owner, size_t index)
      : owner_(std::move(owner)), index_(index) {}

  void OnAdmitted(const std::vector<int64_t>&) override {}
  void OnToken(const TokenReport& token, const std::string& text) override {
    Post([index = index_, token, text](Generation& owner) {
      owner.OnToken(index, token, text);
    });
  }
  void OnLogits(const LogitsReport&) override {}
  void OnFinished(const FinishReport& finish) override {
    Post([index = index_, finish](Generation& owner) {
      owner.OnFinished(index, finish);
    });
  }
  void OnError(const absl::Status& status) override {
    Post([status](Generation& owner) { owner.OnError(status); });
  }

  uint64_t sequence = 0;  // 0: does not run

 private:
  template <typename Action>
  void Post(Action action) {
    // The strand may be done with this sink before Post has returned.
    const std::shared_ptr<Generation> owner = owner_;
    owner->exchange_->Post(
        [owner, action = std::move(action)] { action(*owner); });
  }

  // A circle, for as long as the cluster may call: it is broken when the
  // sequence has ended or was cancelled.
  const std::shared_ptr<Generation> owner_;
  const size_t index_;
};

Generation::Generation(Cluster* cluster, std::shared_ptr<HttpExchange> exchange,
                       std::vector<SequenceSpec> specs,
                       std::unique_ptr<GenerationListener> listener)
    : cluster_(cluster),
      exchange_(std::move(exchange)),
      specs_(std::move(specs)),
      listener_(std::move(listener)),
      states_(specs_.size()),
      sinks_(specs_.size()) {}

Generation::~Generation() = default;

void Generation::Begin(absl::Duration timeout) {
  exchange_->Post(
      [self = shared_from_this(), timeout] { self->Start(timeout); });
}

void Generation::Start(absl::Duration timeout) {
  const absl::Status status = StartAll();
  if (!status.ok()) return OnError(status);
  listener_->OnStarted();
  exchange_->OnGone([self = shared_from_this()] { self->Cancel(); });
  exchange_->After(timeout, [self = shared_from_this(), timeout] {
    self->OnError(absl::DeadlineExceededError(
        absl::StrCat("the request took longer than ",
                     absl::ToInt64Seconds(timeout), " seconds")));
  });
}

absl::Status Generation::StartAll() {
  for (size_t i = 0; i < specs_.size(); ++i) {
    sinks_[i] = std::make_unique<Sink>(shared_from_this(), i);
    const auto sequence =
        cluster_->Start(std::move(specs_[i]), sinks_[i].get());
    if (!sequence.ok()) {
      sinks_[i].reset();
      return sequence.status();
    }
    sinks_[i]->sequence = *sequence;
    ++running_;
  }
  return absl::OkStatus();
}

void Generation::OnToken(size_t sequence, const TokenReport& token,
                         const std::string& text) {
  if (ended_) return;
  SequenceState& state = states_[sequence];
  if (!token.end_token) {
    state.times.push_back({token.emitted_ns, token.lap_ns, token.lap});
    state.waiting.push_back({token.token, token.logprobs});
    if (token.logprobs.has_value()) {
      state.logprob_sum += token.logprobs->logprob;
    }
  }
  if (!text.empty()) Tell(sequence, text);
}

void Generation::Tell(size_t sequence, const std::string& text) {
  SequenceState& state = states_[sequence];
  const std::vector<TextToken> tokens = std::exchange(state.waiting, {});
  state.text += text;
  state.tokens.insert(state.tokens.end(), tokens.begin(), tokens.end());
  listener_->OnText(sequence, text, tokens);
}

void Generation::OnFinished(size_t sequence, const FinishReport& finish) {
  // The cluster has let go of it.
  sinks_[sequence].reset();
  --running_;
  if (ended_) return;
  SequenceState& state = states_[sequence];
  state.finish = finish.reason;
  // Tokens of a stop string alone belong to no text. After an end token
  // everything has been told, but for what makes no character.
  const bool cut = finish.reason == FinishReason::kStop;
  if (!finish.trailing_text.empty() || (!cut && !state.waiting.empty())) {
    Tell(sequence, finish.trailing_text);
  }
  state.waiting.clear();
  listener_->OnFinished(sequence);
  if (running_ > 0) return;
  ended_ = true;
  listener_->OnAllFinished();
}

void Generation::OnError(const absl::Status& status) {
  if (ended_) return;
  Cancel();
  listener_->OnError(status);
}

void Generation::Cancel() {
  ended_ = true;
  for (std::unique_ptr<Sink>& sink : sinks_) {
    if (sink != nullptr) cluster_->Cancel(sink->sequence);
    sink.reset();
  }
}

}  // namespace spacemoe::openai
