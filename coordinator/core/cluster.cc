#include "coordinator/core/cluster.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

// A pid says little in a container or on another machine.
std::string PlaceOf(const Member& member) {
  if (absl::StartsWith(member.address, "unix")) return "";
  return absl::StrCat(" at ", member.address);
}

}  // namespace

Cluster::Cluster(ClusterOptions options, Deferrer* deferrer)
    : options_(std::move(options)),
      deferrer_(deferrer),
      membership_(options_.membership),
      sessions_(options_.sessions, options_.end_tokens, options_.text, this,
                options_.observer),
      board_(options_.membership.satellites),
      gatherer_(options_.membership.satellites),
      traces_(options_.membership.satellites, options_.max_trace_bytes),
      links_(options_.membership.satellites, nullptr),
      missed_a_peer_(options_.membership.satellites, false),
      clock_uncertainty_ns_(options_.membership.satellites, 0),
      readiness_(options_.readiness),
      lost_(options_.membership.satellites, false) {}

absl::StatusOr<int> Cluster::Register(const Applicant& applicant,
                                      SatelliteLink* link) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (failure_.has_value()) return *failure_;
  SPACEMOE_ASSIGN_OR_RETURN(const int index, membership_.Register(applicant));
  links_[index] = link;
  ReportProgress(false);
  if (membership_.all_registered()) AssignAll();
  return index;
}

void Cluster::AssignAll() {
  Roster roster;
  for (int i = 0; i < membership_.size(); ++i) {
    roster.addresses.push_back(membership_.member(i).address);
  }
  roster.epoch_ns = options_.monotonic_ns();
  for (int i = 0; i < membership_.size(); ++i) links_[i]->Assign(i, roster);
}

absl::Status Cluster::OnReady(int index) {
  std::lock_guard<std::mutex> lock(mutex_);
  SPACEMOE_RETURN_IF_ERROR(membership_.MarkReady(index));
  if (failure_.has_value()) return absl::OkStatus();
  ReportProgress(membership_.all_ready());
  if (membership_.all_ready()) StartProbe(options_.warm_up_prompt, &warm_up_);
  return absl::OkStatus();
}

void Cluster::ReportProgress(bool warming_up) {
  board_.Report(StartupProgress{membership_.size(), membership_.registered(),
                                membership_.ready(), warming_up});
}

void Cluster::StartProbe(std::vector<int64_t> prompt, Probe* probe) {
  SequenceSpec spec;
  spec.prompt = std::move(prompt);
  spec.max_tokens = 1;
  spec.ignore_eos = true;
  spec.internal = true;
  const auto sequence = sessions_.Start(std::move(spec), probe);
  if (!sequence.ok()) Fail(sequence.status());
}

// The links' statistics and the trace are those of the users' sequences.
void Cluster::EndWarmUp() {
  gatherer_.Start([this](const absl::StatusOr<LinkStatistics>& warm_up) {
    traces_.Clear();
    board_.Conclude(warm_up.status());
    TellReadiness();
    CheckLater();
  });
  for (SatelliteLink* link : links_) {
    if (link != nullptr) link->RequestStatistics(/*restart=*/true);
  }
}

void Cluster::OnToken(const TokenReport& token) {
  std::lock_guard<std::mutex> lock(mutex_);
  readiness_.OnToken(options_.monotonic_ns());
  sessions_.OnToken(token);
  TellReadiness();
}

void Cluster::OnLogits(const LogitsReport& logits) {
  std::lock_guard<std::mutex> lock(mutex_);
  sessions_.OnLogits(logits);
}

void Cluster::OnStatistics(int index, const LinkStatistics& statistics) {
  std::lock_guard<std::mutex> lock(mutex_);
  gatherer_.OnReply(index, statistics);
}

void Cluster::OnClockReport(int index, int64_t uncertainty_ns) {
  std::lock_guard<std::mutex> lock(mutex_);
  clock_uncertainty_ns_[index] = uncertainty_ns;
}

ClockState Cluster::clocks() const {
  std::lock_guard<std::mutex> lock(mutex_);
  ClockState state;
  for (int i = 0; i < membership_.size(); ++i) {
    if (!membership_.member(i).remote_clock) continue;
    ++state.remote;
    state.uncertainty_ns =
        std::max(state.uncertainty_ns, clock_uncertainty_ns_[i]);
  }
  return state;
}

void Cluster::OnTrace(int index, TraceReport report) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (options_.trace) traces_.Add(index, std::move(report));
}

void Cluster::OnFault(int index, const absl::Status& fault) {
  const std::string what = absl::StrCat("failed: ", fault.message());
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!absl::IsUnavailable(fault)) {
      FailFor(index, what);
      return;
    }
    missed_a_peer_[index] = true;
  }
  deferrer_->After(options_.peer_loss_grace, [this, index, what] {
    std::lock_guard<std::mutex> lock(mutex_);
    FailFor(index, what);
  });
}

void Cluster::OnDisconnected(int index, const std::string& reason) {
  std::lock_guard<std::mutex> lock(mutex_);
  links_[index] = nullptr;
  if (missed_a_peer_[index]) return;
  FailFor(index, absl::StrCat("lost: ", reason));
}

void Cluster::FailFor(int index, const std::string& what) {
  lost_[index] = true;
  const Member& member = membership_.member(index);
  Fail(absl::UnavailableError(absl::StrCat(options_.name(index, member.pid),
                                           PlaceOf(member), " ", what)));
}

void Cluster::Fail(const absl::Status& status) {
  if (failure_.has_value()) return;
  failure_ = status;
  board_.Conclude(status);
  sessions_.FailAll(status);
  gatherer_.FailAll(status);
  traces_.FailAll(status);
  TellReadiness();
}

void Cluster::CheckLater() {
  if (options_.readiness.interval <= absl::ZeroDuration()) return;
  deferrer_->After(options_.readiness.interval, [this] {
    const std::lock_guard lock(mutex_);
    CheckReadiness();
  });
}

void Cluster::CheckReadiness() {
  if (failure_.has_value()) return;
  if (readiness_.Check(options_.monotonic_ns()))
    StartProbe({options_.warm_up_prompt.front()}, &probe_);
  TellReadiness();
  CheckLater();
}

absl::Status Cluster::ReadinessStatus() const {
  SPACEMOE_RETURN_IF_ERROR(Refusal());
  return readiness_.Status(options_.monotonic_ns());
}

void Cluster::TellReadiness() {
  const bool ready = ReadinessStatus().ok();
  if (std::exchange(told_ready_, ready) != ready) options_.on_readiness(ready);
}

ClusterState Cluster::State() {
  const std::lock_guard lock(mutex_);
  ClusterState state;
  state.progress = board_.progress();
  state.progress.satellites = membership_.size();
  for (const SatelliteLink* link : links_) state.connected += link != nullptr;
  state.losses = std::count(lost_.begin(), lost_.end(), true);
  state.active = sessions_.active();
  state.queued = sessions_.queued();
  state.kv_bytes_used = sessions_.kv_bytes_used();
  state.readiness = ReadinessStatus();
  return state;
}

std::vector<MetricsTarget> Cluster::MetricsTargets() {
  const std::lock_guard lock(mutex_);
  std::vector<MetricsTarget> targets;
  for (int i = 0; i < membership_.size(); ++i) {
    const std::string& address = membership_.member(i).metrics_address;
    if (links_[i] != nullptr && !address.empty())
      targets.push_back({i, address});
  }
  return targets;
}

void Cluster::Watch(StartupWatcher* watcher) {
  std::lock_guard<std::mutex> lock(mutex_);
  board_.Watch(watcher);
}

void Cluster::Forget(StartupWatcher* watcher) {
  std::lock_guard<std::mutex> lock(mutex_);
  board_.Forget(watcher);
}

absl::Status Cluster::Refusal() const {
  if (failure_.has_value()) return *failure_;
  if (board_.started()) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat("the ring is not ready: of ", membership_.size(),
                   " satellites ", membership_.registered(), " have come and ",
                   membership_.ready(), " are ready"));
}

absl::StatusOr<uint64_t> Cluster::Start(SequenceSpec spec, SequenceSink* sink) {
  std::lock_guard<std::mutex> lock(mutex_);
  SPACEMOE_RETURN_IF_ERROR(Refusal());
  return sessions_.Start(std::move(spec), sink);
}

void Cluster::Cancel(uint64_t sequence) {
  std::lock_guard<std::mutex> lock(mutex_);
  sessions_.Cancel(sequence);
}

void Cluster::GatherStatistics(StatisticsGatherer::Done done) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (const absl::Status refusal = Refusal(); !refusal.ok()) {
    done(refusal);
    return;
  }
  gatherer_.Start(std::move(done));
  for (SatelliteLink* link : links_) link->RequestStatistics(/*restart=*/false);
}

void Cluster::GatherTrace(TraceStore::Done done) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (!options_.trace) {
    done(absl::FailedPreconditionError(
        "nothing was recorded: expected a coordinator started with --trace"));
    return;
  }
  if (const absl::Status refusal = Refusal(); !refusal.ok()) {
    done(refusal);
    return;
  }
  traces_.Gather(std::move(done));
  for (SatelliteLink* link : links_) link->RequestTrace();
}

void Cluster::Inject(const SequenceOrder& order) {
  SatelliteLink* const head = links_[options_.head];
  if (head != nullptr) head->Inject(order);
}

void Cluster::Release(uint64_t sequence) {
  for (int keeper : options_.keepers) {
    if (links_[keeper] != nullptr) links_[keeper]->Release(sequence);
  }
}

void Cluster::Shutdown(const std::string& reason) {
  std::lock_guard<std::mutex> lock(mutex_);
  Fail(absl::UnavailableError(
      absl::StrCat("the coordinator is shutting down: ", reason)));
  for (SatelliteLink* link : links_) {
    if (link != nullptr) link->Shutdown(reason);
  }
}

}  // namespace spacemoe
