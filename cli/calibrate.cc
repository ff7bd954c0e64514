#include "cli/calibrate.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <vector>

#include "models/engine/role_factory.h"
#include "runtime/base/clock.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

constexpr int kWarmUpSteps = 3;
constexpr int kSteps = 21;

// Values that no computation finds easy: neither zeros nor denormals.
std::vector<float> SomeRow(int64_t width) {
  std::vector<float> row(width);
  for (int64_t i = 0; i < width; ++i) row[i] = std::sin(0.37f * (i + 1));
  return row;
}

absl::StatusOr<double> MedianSeconds(
    const std::function<absl::Status(int step)>& run) {
  const MonotonicClock clock(MonotonicNanos(), 1);
  std::vector<double> seconds;
  for (int step = 0; step < kWarmUpSteps + kSteps; ++step) {
    const int64_t before = clock.ThreadCpu();
    SPACEMOE_RETURN_IF_ERROR(run(step));
    if (step >= kWarmUpSteps) {
      seconds.push_back((clock.ThreadCpu() - before) * 1e-9);
    }
  }
  std::nth_element(seconds.begin(), seconds.begin() + kSteps / 2,
                   seconds.end());
  return seconds[kSteps / 2];
}

absl::StatusOr<double> MeasureGateway(const Checkpoint& checkpoint,
                                      const ComputeOptions& compute) {
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto gateway,
      MakeGateway(checkpoint, checkpoint.config().FirstLayerWithExperts(),
                  compute));
  const int64_t width = gateway->hidden_size();
  const std::vector<float> input = SomeRow(width);
  std::vector<float> normed(width), shared(width);
  std::vector<Routing> routing(1);
  return MedianSeconds([&](int step) -> absl::Status {
    std::vector<float> hidden = input;
    const GatewayRow row{1, step, kWarmUpSteps + kSteps, false};
    SPACEMOE_RETURN_IF_ERROR(gateway->Attend(
        absl::MakeConstSpan(&row, 1), hidden.data(), normed.data(), &routing));
    if (!gateway->has_shared()) return absl::OkStatus();
    return gateway->Shared(1, normed.data(), shared.data());
  });
}

absl::StatusOr<double> MeasureExpert(const Checkpoint& checkpoint,
                                     const ComputeOptions& compute) {
  if (checkpoint.config().experts == 0) return 0.0;
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto experts,
      MakeExperts(checkpoint, checkpoint.config().FirstLayerWithExperts(), {0},
                  compute));
  const std::vector<float> input = SomeRow(checkpoint.config().hidden_size);
  std::vector<float> output(input.size());
  const float weight = 1;
  return MedianSeconds([&](int) {
    return experts->Run(0, 1, input.data(), &weight, output.data());
  });
}

absl::StatusOr<double> MeasureHead(const Checkpoint& checkpoint,
                                   const ComputeOptions& compute) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto head, MakeHead(checkpoint, compute));
  const std::vector<float> input = SomeRow(head->hidden_size());
  std::vector<float> logits(head->vocab_size());
  return MedianSeconds(
      [&](int) { return head->Logits(1, input.data(), logits.data()); });
}

}  // namespace

absl::StatusOr<RoleSeconds> MeasureRoles(const Checkpoint& checkpoint,
                                         const RingOptions& ring) {
  ComputeOptions compute;
  compute.bfloat16 = ring.plan.bfloat16;
  compute.kernel =
      ring.kernel == "aten" ? KernelKind::kAten : KernelKind::kNative;
  SPACEMOE_RETURN_IF_ERROR(ValidateCompute(checkpoint, compute));
  RoleSeconds seconds;
  SPACEMOE_ASSIGN_OR_RETURN(seconds.gateway,
                            MeasureGateway(checkpoint, compute));
  SPACEMOE_ASSIGN_OR_RETURN(seconds.expert, MeasureExpert(checkpoint, compute));
  SPACEMOE_ASSIGN_OR_RETURN(seconds.head, MeasureHead(checkpoint, compute));
  return seconds;
}

}  // namespace spacemoe
