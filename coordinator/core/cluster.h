// The coordinator's state: membership, startup, sequences, the first loss.
#ifndef SPACEMOE_COORDINATOR_CORE_CLUSTER_H_
#define SPACEMOE_COORDINATOR_CORE_CLUSTER_H_

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "coordinator/core/deferrer.h"
#include "coordinator/core/membership.h"
#include "coordinator/core/readiness.h"
#include "coordinator/core/sequence.h"
#include "coordinator/core/session_observer.h"
#include "coordinator/core/sessions.h"
#include "coordinator/core/startup_board.h"
#include "coordinator/core/statistics_gatherer.h"
#include "coordinator/core/text_decoder.h"
#include "coordinator/core/trace_store.h"
#include "runtime/trace/link_statistics.h"

namespace spacemoe {

// What all satellites learn at once when the last of them has come.
struct Roster {
  std::vector<std::string> addresses;  // by index in the plan
  int64_t epoch_ns = 0;                // of the emulated clock, CLOCK_MONOTONIC
};

// Satellites of other hosts, and the most that one of their clocks may be off.
struct ClockState {
  int remote = 0;
  int64_t uncertainty_ns = 0;
};

// The way to one satellite. Called with the cluster's lock held: must not
// block and must not call back.
class SatelliteLink {
 public:
  virtual ~SatelliteLink() = default;
  virtual void Assign(int index, const Roster& roster) = 0;
  virtual void Inject(const SequenceOrder& order) = 0;
  virtual void Release(uint64_t sequence) = 0;
  // `restart`: count from now on.
  virtual void RequestStatistics(bool restart) = 0;
  virtual void RequestTrace() = 0;
  virtual void Shutdown(const std::string& reason) = 0;
};

struct ClusterOptions {
  MembershipRules membership;
  SessionLimits sessions;
  std::vector<int64_t> end_tokens;
  TextDecoderFactory text;   // may be null: no tokenizer
  int head = 0;              // index of the satellite that holds the head
  std::vector<int> keepers;  // those that keep state of a sequence: gateways
                             // and the head
  // "satellite 345 (index 17, layer 3 expert 5, pid 1234)"
  std::function<std::string(int index, int64_t pid)> name;
  // Goes round before the ring is ready; a later probe is its first token.
  std::vector<int64_t> warm_up_prompt = {0};
  bool trace = false;  // satellites record what they do
  // Of what they record, as it travels.
  uint64_t max_trace_bytes = 64 << 20;
  std::function<int64_t()> monotonic_ns;
  // May be null; borrowed and outlives the cluster.
  SessionObserver* observer = nullptr;
  ReadinessRules readiness;
  // Told whenever State().readiness begins or ceases to be OK, with the
  // cluster's lock held: must not block and must not call back.
  std::function<void(bool ready)> on_readiness = [](bool) {};
  // A satellite that reports a lost peer is believed only if the peer itself
  // is not missed within this time.
  absl::Duration peer_loss_grace = absl::Milliseconds(250);
};

// How a cluster is at one moment.
struct ClusterState {
  StartupProgress progress;
  int connected = 0;  // satellites
  int losses = 0;     // satellites that are gone or have failed
  size_t active = 0;  // sequences
  size_t queued = 0;
  int64_t kv_bytes_used = 0;  // on a gateway
  // OK: tokens go round. UNAVAILABLE: why they don't.
  absl::Status readiness;
};

// A satellite that serves metrics.
struct MetricsTarget {
  int index = 0;  // in the plan
  std::string address;
};

// Thread-safe. A satellite that is lost or fails ends everything with one
// UNAVAILABLE error, which later requests get too.
class Cluster final : private SequenceFleet {
 public:
  // `deferrer` is borrowed and destroyed before the cluster.
  Cluster(ClusterOptions options, Deferrer* deferrer);

  // For satellites. `link` is borrowed until OnDisconnected for its index.
  absl::StatusOr<int> Register(const Applicant& applicant, SatelliteLink* link);
  // Errors as Membership::MarkReady.
  absl::Status OnReady(int index);
  void OnToken(const TokenReport& token);
  void OnLogits(const LogitsReport& logits);
  void OnStatistics(int index, const LinkStatistics& statistics);
  // How well the satellite knows the coordinator's clock, nanoseconds.
  void OnClockReport(int index, int64_t uncertainty_ns);
  void OnTrace(int index, TraceReport report);
  void OnFault(int index, const absl::Status& fault);
  void OnDisconnected(int index, const std::string& reason);

  // For clients. Watchers and sinks are borrowed until their last call, Forget
  // or Cancel.
  void Watch(StartupWatcher* watcher);
  void Forget(StartupWatcher* watcher);
  // UNAVAILABLE before the cluster has started and after a loss; else as
  // Sessions::Start.
  absl::StatusOr<uint64_t> Start(SequenceSpec spec, SequenceSink* sink);
  void Cancel(uint64_t sequence);
  void GatherStatistics(StatisticsGatherer::Done done);
  ClockState clocks() const;
  // FAILED_PRECONDITION when the run is not traced.
  void GatherTrace(TraceStore::Done done);

  ClusterState State();
  // Of the satellites that are connected.
  std::vector<MetricsTarget> MetricsTargets();

  // Ends everything; satellites are told to leave.
  void Shutdown(const std::string& reason);

 private:
  // Hears of the token that proves that the ring works.
  class Probe final : public SequenceSink {
   public:
    explicit Probe(std::function<void()> on_finished)
        : on_finished_(std::move(on_finished)) {}
    void OnAdmitted(const std::vector<int64_t>&) override {}
    void OnToken(const TokenReport&, const std::string&) override {}
    void OnLogits(const LogitsReport&) override {}
    void OnFinished(const FinishReport&) override { on_finished_(); }
    void OnError(const absl::Status&) override {}

   private:
    const std::function<void()> on_finished_;
  };

  void Inject(const SequenceOrder& order) override;
  void Release(uint64_t sequence) override;

  void AssignAll();
  void ReportProgress(bool warming_up);
  void StartProbe(std::vector<int64_t> prompt, Probe* probe);
  void EndWarmUp();
  void CheckLater();
  void CheckReadiness();
  absl::Status ReadinessStatus() const;
  void TellReadiness();
  void Fail(const absl::Status& status);
  void FailFor(int index, const std::string& what);
  absl::Status Refusal() const;

  const ClusterOptions options_;
  Deferrer* const deferrer_;
  Probe warm_up_{[this] { EndWarmUp(); }};
  Probe probe_{[this] { readiness_.OnProbeEnded(); }};

  mutable std::mutex mutex_;
  // Protected by mutex_.
  Membership membership_;
  Sessions sessions_;
  StartupBoard board_;
  StatisticsGatherer gatherer_;
  TraceStore traces_;
  std::vector<SatelliteLink*> links_;  // by index; null: not connected
  std::vector<bool> missed_a_peer_;    // by index: its own end is no news
  std::vector<int64_t> clock_uncertainty_ns_;  // by index
  std::optional<absl::Status> failure_;
  Readiness readiness_;
  bool told_ready_ = false;
  std::vector<bool> lost_;  // by index
};

}  // namespace spacemoe

#endif  // SPACEMOE_COORDINATOR_CORE_CLUSTER_H_
