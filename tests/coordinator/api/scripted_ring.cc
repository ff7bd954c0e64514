#include "tests/coordinator/api/scripted_ring.h"

#include <algorithm>
#include <utility>

namespace spacemoe {

class ScriptedRing::Link final : public SatelliteLink {
 public:
  Link(ScriptedRing* ring, int index) : ring_(ring), index_(index) {}

  void Assign(int, const Roster&) override {
    ring_->Do([this] {
      const absl::Status ignored = ring_->cluster_->OnReady(index_);
    });
  }
  void Inject(const SequenceOrder& order) override {
    ring_->Do([this, order] { ring_->Play(order); });
  }
  void Release(uint64_t sequence) override {
    if (index_ == 0) ring_->OnReleased(sequence);
  }
  void RequestStatistics(bool restart) override {
    // The first round is the start-up's.
    if (ring_->silent_links_ && !restart) return;
    ring_->Do([this, restart] {
      LinkStatistics statistics;
      // Every round finds ten messages more, one of them 2 ms late.
      if (!restart) ++rounds_;
      for (int i = 0; i < 10 * rounds_; ++i) {
        statistics.Add(1000, i % 10 == 0 ? 2'001'000 : 1000, 100);
      }
      ring_->cluster_->OnStatistics(index_, statistics);
    });
  }
  void RequestTrace() override {}
  void Shutdown(const std::string&) override {}

 private:
  ScriptedRing* const ring_;
  const int index_;
  int rounds_ = 0;
};

ScriptedRing::ScriptedRing(const TextCodec* codec, Options options)
    : silent_links_(options.silent_links) {
  ClusterOptions cluster;
  cluster.membership.satellites = 2;
  cluster.membership.version = "1";
  cluster.sessions.request = options.limits;
  cluster.sessions.max_active = options.max_active;
  cluster.sessions.max_queued = options.max_queued;
  cluster.end_tokens = options.end_tokens;
  if (codec->has_tokenizer()) {
    cluster.text = [codec] { return codec->NewDecoder(); };
  }
  cluster.keepers = {0, 1};
  cluster.name = [](int index, int64_t) {
    return "satellite " + std::to_string(index);
  };
  cluster.monotonic_ns = [] { return 0; };
  cluster_ = std::make_unique<Cluster>(std::move(cluster), &deferrer_);
  thread_ = std::thread([this] { Run(); });
}

ScriptedRing::~ScriptedRing() {
  cluster_->Shutdown("the test ends");
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ending_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void ScriptedRing::SetScript(Script script) {
  std::lock_guard<std::mutex> lock(mutex_);
  script_ = std::move(script);
}

void ScriptedRing::ComeUp() {
  class Watcher final : public StartupWatcher {
   public:
    explicit Watcher(ScriptedRing* ring) : ring_(ring) {}
    void OnProgress(const StartupProgress&) override {}
    void OnStarted(const absl::Status&) override {
      std::lock_guard<std::mutex> lock(ring_->mutex_);
      started = true;
      ring_->changed_.notify_all();
    }
    bool started = false;

   private:
    ScriptedRing* const ring_;
  };
  for (int i = 0; i < 2; ++i) {
    links_.push_back(std::make_unique<Link>(this, i));
    Applicant applicant;
    applicant.index = i;
    applicant.address = "test-" + std::to_string(i);
    applicant.version = std::string("1");
    const auto index = cluster_->Register(applicant, links_[i].get());
    if (!index.ok()) abort();
  }
  Watcher watcher(this);
  cluster_->Watch(&watcher);
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [&] { return watcher.started; });
  orders_.clear();  // of the warm-up
  released_.clear();
}

void ScriptedRing::LoseASatellite(const std::string& reason) {
  cluster_->OnDisconnected(1, reason);
}

void ScriptedRing::Do(std::function<void()> action) {
  std::lock_guard<std::mutex> lock(mutex_);
  actions_.push_back(std::move(action));
  changed_.notify_all();
}

void ScriptedRing::Run() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return ending_ || !actions_.empty(); });
    if (ending_) return;
    const auto action = std::move(actions_.front());
    actions_.pop_front();
    lock.unlock();
    action();
    lock.lock();
  }
}

void ScriptedRing::Play(const SequenceOrder& order) {
  Script script;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    orders_.push_back(order);
    script = script_;
    changed_.notify_all();
  }
  std::vector<TokenReport> tokens;
  if (script) {
    tokens = script(order);
  } else {
    tokens.emplace_back().finish = FinishReason::kLength;
  }
  for (size_t i = 0; i < tokens.size(); ++i) {
    tokens[i].sequence = order.sequence;
    tokens[i].position = order.spec.prompt.size() + i;
    cluster_->OnToken(tokens[i]);
  }
}

void ScriptedRing::OnReleased(uint64_t sequence) {
  std::lock_guard<std::mutex> lock(mutex_);
  released_.push_back(sequence);
  changed_.notify_all();
}

std::vector<SequenceOrder> ScriptedRing::AwaitOrders(size_t count) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [&] { return orders_.size() >= count; });
  return orders_;
}

void ScriptedRing::AwaitRelease(uint64_t sequence) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [&] {
    return std::find(released_.begin(), released_.end(), sequence) !=
           released_.end();
  });
}

ScriptedRing::Script Say(const TextCodec& codec, const std::string& text) {
  return [&codec, text](const SequenceOrder& order) {
    const std::vector<int64_t> ids = *codec.EncodePlain(text);
    std::vector<TokenReport> tokens;
    for (const int64_t id : ids) {
      if (static_cast<int64_t>(tokens.size()) == order.spec.max_tokens) break;
      TokenReport& token = tokens.emplace_back();
      token.token = id;
      token.lap_ns = 1'000'000;
      token.lap.compute_ns = 400'000;
      token.lap.propagation_ns = 600'000;
      token.emitted_ns = 1'000'000 * static_cast<int64_t>(tokens.size());
      if (order.spec.logprobs.has_value()) {
        token.logprobs = TokenLogprobs{.logprob = -0.5f};
        for (int i = 0; i < *order.spec.logprobs; ++i) {
          token.logprobs->top.push_back({id + i, -0.5f - i});
        }
      }
    }
    if (static_cast<int64_t>(tokens.size()) < order.spec.max_tokens) {
      tokens.emplace_back().end_token = true;
      tokens.back().finish = FinishReason::kStop;
    } else if (!tokens.empty()) {
      tokens.back().finish = FinishReason::kLength;
    }
    return tokens;
  };
}

ScriptedRing::Script SayOne(int64_t token) {
  return [token](const SequenceOrder&) {
    std::vector<TokenReport> tokens(1);
    tokens[0].token = token;
    return tokens;
  };
}

}  // namespace spacemoe
