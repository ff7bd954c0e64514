// Fakes of what the coordinator's core talks to.
#ifndef SPACEMOE_TESTS_COORDINATOR_FAKES_H_
#define SPACEMOE_TESTS_COORDINATOR_FAKES_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "coordinator/core/cluster.h"
#include "coordinator/core/deferrer.h"
#include "coordinator/core/sequence.h"
#include "coordinator/core/session_observer.h"
#include "coordinator/core/sessions.h"
#include "coordinator/core/startup_board.h"

namespace spacemoe {

class FakeFleet final : public SequenceFleet {
 public:
  void Inject(const SequenceOrder& order) override { orders.push_back(order); }
  void Release(uint64_t sequence) override { released.push_back(sequence); }

  std::vector<SequenceOrder> orders;
  std::vector<uint64_t> released;
};

class FakeSink final : public SequenceSink {
 public:
  void OnAdmitted(const std::vector<int64_t>& prompt) override {
    admitted = prompt;
  }
  void OnToken(const TokenReport& token, const std::string& text) override {
    tokens.push_back(token.token);
    pieces.push_back(text);
  }
  void OnLogits(const LogitsReport& report) override {
    logits_rows += report.rows;
  }
  void OnFinished(const FinishReport& report) override { finish = report; }
  void OnError(const absl::Status& status) override { error = status; }

  std::optional<std::vector<int64_t>> admitted;
  std::vector<int64_t> tokens;
  std::vector<std::string> pieces;
  int64_t logits_rows = 0;
  std::optional<FinishReport> finish;
  std::optional<absl::Status> error;
};

class FakeObserver final : public SessionObserver {
 public:
  void OnQueued(uint64_t) override { ++queued; }
  void OnAdmitted(uint64_t, int64_t tokens) override { prompt += tokens; }
  void OnToken(const TokenReport&, bool first) override {
    ++(first ? first_tokens : later_tokens);
  }
  void OnEnded(uint64_t, SequenceFate fate) override { ends.push_back(fate); }

  int queued = 0;
  int64_t prompt = 0;
  int first_tokens = 0;
  int later_tokens = 0;
  std::vector<SequenceFate> ends;
};

class FakeWatcher final : public StartupWatcher {
 public:
  void OnProgress(const StartupProgress& progress) override {
    events.push_back(progress);
  }
  void OnStarted(const absl::Status& status) override { outcome = status; }

  std::vector<StartupProgress> events;
  std::optional<absl::Status> outcome;
};

class FakeLink final : public SatelliteLink {
 public:
  void Assign(int index, const Roster& new_roster) override {
    assigned = index;
    roster = new_roster;
  }
  void Inject(const SequenceOrder& order) override { orders.push_back(order); }
  void Release(uint64_t sequence) override { released.push_back(sequence); }
  void RequestStatistics(bool restart) override {
    ++(restart ? statistics_restarts : statistics_requests);
  }
  void RequestTrace() override { ++trace_requests; }
  void Shutdown(const std::string& why) override { shutdown = why; }

  int assigned = -1;
  Roster roster;
  std::vector<SequenceOrder> orders;
  std::vector<uint64_t> released;
  int statistics_requests = 0;
  int statistics_restarts = 0;
  int trace_requests = 0;
  std::string shutdown;
};

// "<id>" for each id; holds the last one back until the next.
class FakeDecoder final : public TextDecoder {
 public:
  std::string Push(int64_t id) override {
    return std::exchange(held_, "<" + std::to_string(id) + ">");
  }
  std::string Flush() override { return std::exchange(held_, ""); }

 private:
  std::string held_;
};

class FakeDeferrer final : public Deferrer {
 public:
  void After(absl::Duration, std::function<void()> action) override {
    actions.push_back(std::move(action));
  }
  void RunAll() {
    for (auto& action : std::exchange(actions, {})) action();
  }

  std::vector<std::function<void()>> actions;
};

inline TokenReport Token(uint64_t sequence, int64_t id,
                         FinishReason finish = FinishReason::kNone) {
  TokenReport token;
  token.sequence = sequence;
  token.token = id;
  token.finish = finish;
  return token;
}

}  // namespace spacemoe

#endif  // SPACEMOE_TESTS_COORDINATOR_FAKES_H_
