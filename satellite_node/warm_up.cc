#include "satellite_node/warm_up.h"

#include <vector>

#include "models/engine/role_factory.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

absl::Status WarmUpGateway(const Checkpoint& checkpoint,
                           std::vector<float>* normed) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto gateway, MakeGateway(checkpoint, 0, {}));
  const GatewayRow row{.sequence = 0, .position = 0, .capacity = 1};
  std::vector<float> hidden(gateway->hidden_size(), 1.0f);
  normed->resize(hidden.size());
  std::vector<Routing> routing(1);
  SPACEMOE_RETURN_IF_ERROR(
      gateway->Attend({&row, 1}, hidden.data(), normed->data(), &routing));
  if (!gateway->has_shared()) return absl::OkStatus();
  return gateway->Shared(1, normed->data(), hidden.data());
}

absl::Status WarmUpExpert(const Checkpoint& checkpoint,
                          const std::vector<float>& normed) {
  SPACEMOE_ASSIGN_OR_RETURN(
      const auto experts,
      MakeExperts(checkpoint, checkpoint.config().FirstLayerWithExperts(), {0},
                  {}));
  const float weight = 1;
  std::vector<float> out(normed.size());
  return experts->Run(0, 1, normed.data(), &weight, out.data());
}

}  // namespace

absl::Status WarmUp(const Checkpoint& checkpoint) {
  std::vector<float> normed;
  SPACEMOE_RETURN_IF_ERROR(WarmUpGateway(checkpoint, &normed));
  SPACEMOE_RETURN_IF_ERROR(WarmUpExpert(checkpoint, normed));
  SPACEMOE_ASSIGN_OR_RETURN(const auto combiner,
                            MakeCombiner(checkpoint, 0, {}));
  const CombineRow row{.residual = normed.data()};
  std::vector<float> out(normed.size());
  return combiner->Combine({&row, 1}, out.data());
}

}  // namespace spacemoe
