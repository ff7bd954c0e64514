#include "cli/launcher/local_ring.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <random>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "runtime/base/process.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

// How long the coordinator may take to name a lost satellite by itself.
constexpr absl::Duration kCancelDelay = absl::Milliseconds(500);
constexpr absl::Duration kExplainPatience = absl::Milliseconds(500);

std::string NewAddress() {
  std::random_device random;
  return absl::StrCat("unix-abstract:spacemoe-", getpid(), "-",
                      absl::Hex(random()), absl::Hex(random()));
}

std::string ProgramBeside(const std::string& name) {
  return std::filesystem::path(ExecutablePath()).replace_filename(name);
}

// Log messages that somebody asked for go to the terminal as they are.
bool CaptureErrors() { return std::getenv("SPACEMOE_LOG") == nullptr; }

bool MayHideADeath(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsCancelled(status) ||
         absl::IsInternal(status) || absl::IsUnknown(status) ||
         absl::IsDeadlineExceeded(status);
}

}  // namespace

absl::StatusOr<std::unique_ptr<LocalRing>> LocalRing::Start(
    const LocalRingOptions& options, ProcessGuard* guard) {
  std::unique_ptr<LocalRing> ring(new LocalRing(options, guard));
  // First, as it takes longest.
  SPACEMOE_RETURN_IF_ERROR(ring->StartSatellites());
  SPACEMOE_RETURN_IF_ERROR(ring->StartCoordinator());
  return ring;
}

LocalRing::LocalRing(const LocalRingOptions& options, ProcessGuard* guard)
    : options_(options),
      guard_(guard),
      address_(NewAddress()),
      client_(std::make_unique<CoordinatorClient>(address_)),
      losses_([this] {
        deferrer_.After(kCancelDelay, [this] { client_->CancelAll(); });
      }) {}

LocalRing::~LocalRing() {
  losses_.Close();
  if (satellites_.pid > 0) guard_->Kill(satellites_.pid);
  if (coordinator_.pid > 0) guard_->Kill(coordinator_.pid);
  readers_.clear();
}

absl::Status LocalRing::StartCoordinator() {
  SpawnOptions spawn;
  spawn.capture_errors = CaptureErrors();
  spawn.arguments = {ProgramBeside("spacemoe-coordinator"),
                     absl::StrCat("--model=", options_.model),
                     absl::StrCat("--listen=", address_), "--parent-pipe",
                     "--insecure"};
  for (std::string& argument : ToArguments(options_.ring)) {
    spawn.arguments.push_back(std::move(argument));
  }
  for (std::string& argument : ToArguments(options_.services.api)) {
    spawn.arguments.push_back(std::move(argument));
  }
  SPACEMOE_ASSIGN_OR_RETURN(coordinator_, guard_->Spawn(spawn));
  if (spawn.capture_errors) {
    readers_.push_back(std::make_unique<OutputLines>(
        std::move(coordinator_.errors),
        [this](const std::string& line) { coordinator_error_.Set(line); },
        nullptr));
  }
  readers_.push_back(std::make_unique<OutputLines>(
      std::move(coordinator_.output),
      [this](const std::string& line) { OnCoordinatorLine(line); },
      [this, pid = coordinator_.pid] {
        OnEnd(LossKind::kCoordinator, "the coordinator", pid,
              coordinator_error_);
      }));
  return absl::OkStatus();
}

absl::Status LocalRing::StartSatellites() {
  SpawnOptions spawn;
  spawn.capture_errors = CaptureErrors();
  spawn.arguments = {ProgramBeside("spacemoe-satellite"),
                     absl::StrCat("--coordinator=", address_),
                     absl::StrCat("--model=", options_.model),
                     absl::StrCat("--fork=", options_.plan->size()),
                     "--first-index=0",
                     "--insecure"};
  if (const std::string& metrics = options_.services.satellite_metrics;
      !metrics.empty()) {
    spawn.arguments.push_back(absl::StrCat("--metrics-listen=", metrics));
  }
  spawn.environment = {"OMP_NUM_THREADS=1", "OPENBLAS_NUM_THREADS=1",
                       "MKL_NUM_THREADS=1"};
  SPACEMOE_ASSIGN_OR_RETURN(satellites_, guard_->Spawn(spawn));
  if (spawn.capture_errors) {
    readers_.push_back(std::make_unique<OutputLines>(
        std::move(satellites_.errors),
        [this](const std::string& line) { satellites_error_.Set(line); },
        nullptr));
  }
  readers_.push_back(std::make_unique<OutputLines>(
      std::move(satellites_.output),
      [this](const std::string& line) { OnSatelliteLine(line); },
      [this, pid = satellites_.pid] {
        OnEnd(LossKind::kParent, "the satellites' parent process", pid,
              satellites_error_);
      }));
  return absl::OkStatus();
}

// "api URL", and "open" where anybody may use it.
void LocalRing::OnCoordinatorLine(const std::string& line) {
  const std::vector<std::string> words = absl::StrSplit(line, ' ');
  if (words.size() < 2 || words[0] != "api") return;
  std::lock_guard<std::mutex> lock(api_mutex_);
  api_ = {words[1], words.size() > 2 && words[2] == "open"};
}

ApiAddress LocalRing::api() {
  std::lock_guard<std::mutex> lock(api_mutex_);
  return api_;
}

Loss LocalRing::AwaitLoss() {
  const Loss first = losses_.Await(LossKind::kSatelliteExit);
  return losses_.Culprit(kExplainPatience).value_or(first);
}

void LocalRing::EndInOrder() {
  losses_.Close();
  coordinator_.input = UniqueFd();
  guard_->Wait(coordinator_.pid);
}

void LocalRing::OnSatelliteLine(const std::string& line) {
  const auto notice = ParseDeathNotice(line);
  if (!notice.has_value() || notice->index < 0 ||
      notice->index >= options_.plan->size()) {
    return;
  }
  const LossKind kind = notice->signal.has_value() ? LossKind::kSatelliteKilled
                                                   : LossKind::kSatelliteExit;
  losses_.Add({kind, absl::StrCat(SatelliteName(*options_.plan, notice->index,
                                                notice->pid),
                                  " lost: ", HowItEnded(*notice))});
}

void LocalRing::OnEnd(LossKind kind, const std::string& name, int pid,
                      const LastLine& last_error) {
  std::string what = absl::StrCat(name, " (pid ", pid, ") ");
  const std::optional<int> status = guard_->Wait(pid);
  what += status.has_value() ? HowItEnded(*status) : "ended";
  if (const std::string error = last_error.Get(); !error.empty()) {
    absl::StrAppend(&what, ": ", error);
  }
  losses_.Add({kind, what});
}

absl::Status LocalRing::WaitUntilReady(
    const std::function<void(const v1::StartupEvent&)>& on_event) {
  return Explain(client_->WatchStartup(on_event));
}

absl::Status LocalRing::Explain(const absl::Status& failure) {
  if (failure.ok() || !MayHideADeath(failure)) return failure;
  const std::optional<Loss> loss = losses_.Culprit(kExplainPatience);
  guard_->YieldToInterrupt();
  if (!loss.has_value()) return failure;
  // A satellite that failed by itself has told the coordinator why.
  const bool told = absl::StrContains(failure.message(), " failed: ");
  if (told && loss->kind >= LossKind::kParent) return failure;
  return absl::UnavailableError(loss->what);
}

}  // namespace spacemoe
