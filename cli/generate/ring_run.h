// Generation on a ring of satellite processes on this machine.
#ifndef SPACEMOE_CLI_GENERATE_RING_RUN_H_
#define SPACEMOE_CLI_GENERATE_RING_RUN_H_

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/generate/outcome.h"
#include "cli/launcher/local_ring.h"
#include "cli/launcher/process_guard.h"
#include "cli/trace/trace_log.h"
#include "coordinator/options/ring_options.h"
#include "coordinator/planning/plan.h"
#include "models/checkpoint/checkpoint.h"

namespace spacemoe {

// A plan and the ring that runs it.
class RingRun {
 public:
  // Opens the checkpoint and plans; the plan may be infeasible.
  static absl::StatusOr<std::unique_ptr<RingRun>> Make(const std::string& model,
                                                       RingOptions ring);

  // Checks before anything is started. FAILED_PRECONDITION when the plan does
  // not fit. Shows on a terminal how the satellites come up. Once, before all
  // that needs the ring.
  absl::Status Launch(ProcessGuard* guard, const RingServices& services = {});

  // Both.
  static absl::StatusOr<std::unique_ptr<RingRun>> Start(
      const std::string& model, const RingOptions& ring, ProcessGuard* guard,
      const RingServices& services = {});

  const Plan& plan() const { return plan_; }
  const Checkpoint& checkpoint() const { return *checkpoint_; }
  LocalRing& ring() { return *ring_; }
  // From Make to the end of Launch.
  double startup_seconds() const { return startup_seconds_; }

  // `on_text` may be empty.
  absl::StatusOr<GenerateOutcome> Generate(const GenerateJob& job,
                                           const TextCallback& on_text);

  // What satellites have recorded since the start or the last call; the ring
  // was started with RingOptions::trace.
  absl::StatusOr<TraceLog> Trace();

  // Of all positions, [ids, vocab].
  absl::StatusOr<std::vector<float>> Logits(const std::vector<int64_t>& ids);

 private:
  RingRun(int64_t start_ns, std::string model, RingOptions options,
          std::unique_ptr<Checkpoint> checkpoint, Plan plan)
      : start_ns_(start_ns),
        model_(std::move(model)),
        options_(std::move(options)),
        checkpoint_(std::move(checkpoint)),
        plan_(std::move(plan)) {}

  absl::Status WaitUntilReady();

  const int64_t start_ns_;   // monotonic
  const std::string model_;  // path
  const RingOptions options_;
  const std::unique_ptr<Checkpoint> checkpoint_;
  const Plan plan_;
  std::unique_ptr<LocalRing> ring_;
  double startup_seconds_ = 0;
};

}  // namespace spacemoe

#endif  // SPACEMOE_CLI_GENERATE_RING_RUN_H_
