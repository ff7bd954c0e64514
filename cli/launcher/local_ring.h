// A whole constellation on this machine: a coordinator and its satellites.
#ifndef SPACEMOE_CLI_LAUNCHER_LOCAL_RING_H_
#define SPACEMOE_CLI_LAUNCHER_LOCAL_RING_H_

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/launcher/losses.h"
#include "cli/launcher/output_lines.h"
#include "cli/launcher/process_guard.h"
#include "coordinator/client/coordinator_client.h"
#include "coordinator/core/deferrer.h"
#include "coordinator/options/api_options.h"
#include "coordinator/options/ring_options.h"
#include "coordinator/planning/plan.h"

namespace spacemoe {

// What is served beside the ring; nothing unless it says where.
struct RingServices {
  ApiSettings api;
  std::string satellite_metrics;  // spacemoe-satellite's --metrics-listen
};

struct LocalRingOptions {
  std::string model;  // path
  RingOptions ring;
  RingServices services;
  const Plan* plan = nullptr;  // of these options, feasible; borrowed
};

// Where the coordinator serves its API.
struct ApiAddress {
  std::string url;           // "http://127.0.0.1:8000"; empty: nowhere
  bool open_to_all = false;  // other machines reach it, and no key is needed
};

// The programs spacemoe-coordinator and spacemoe-satellite are found beside
// this one. Calls of the client end within about a second of a process's death.
class LocalRing {
 public:
  // `guard` is borrowed and outlives the ring.
  static absl::StatusOr<std::unique_ptr<LocalRing>> Start(
      const LocalRingOptions& options, ProcessGuard* guard);
  // Kills and reaps all processes.
  ~LocalRing();

  CoordinatorClient& client() { return *client_; }

  // Until a token has gone round. `on_event` hears how far it is.
  absl::Status WaitUntilReady(
      const std::function<void(const v1::StartupEvent&)>& on_event);

  // Once the ring is ready.
  ApiAddress api();

  // Waits for the first loss, and a moment for a likelier culprit.
  Loss AwaitLoss();
  Loss AwaitCoordinatorLoss() { return losses_.Await(LossKind::kCoordinator); }

  // Lets the coordinator end: clients hear of it. A few seconds at most.
  void EndInOrder();

  // A failure of the client's, with the process whose death was behind it.
  absl::Status Explain(const absl::Status& failure);

 private:
  LocalRing(const LocalRingOptions& options, ProcessGuard* guard);

  absl::Status StartCoordinator();
  absl::Status StartSatellites();
  void OnCoordinatorLine(const std::string& line);
  void OnSatelliteLine(const std::string& line);
  void OnEnd(LossKind kind, const std::string& name, int pid,
             const LastLine& last_error);

  const LocalRingOptions options_;
  ProcessGuard* const guard_;
  const std::string address_;
  std::unique_ptr<CoordinatorClient> client_;
  ThreadDeferrer deferrer_;
  Losses losses_;

  ChildProcess coordinator_;
  ChildProcess satellites_;
  LastLine coordinator_error_;
  LastLine satellites_error_;
  std::mutex api_mutex_;
  ApiAddress api_;  // protected by api_mutex_
  // Threads that use all of the above.
  std::vector<std::unique_ptr<OutputLines>> readers_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_LAUNCHER_LOCAL_RING_H_
