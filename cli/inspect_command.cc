#include "cli/inspect_command.h"

#include <algorithm>
#include <memory>

#include "models/checkpoint/model_weights.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {
namespace {

// Bytes of all experts of a layer; also raises `largest`.
absl::StatusOr<std::int64_t> LayerExpertBytes(const ModelWeights& weights,
                                              std::int64_t layer,
                                              std::int64_t& largest) {
  std::int64_t total = 0;
  for (std::int64_t e = 0; e < weights.config().Experts(layer); ++e) {
    SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t bytes,
                              weights.ExpertBytes(layer, e));
    largest = std::max(largest, bytes);
    total += bytes;
  }
  return total;
}

absl::Status AddLayer(const ModelWeights& weights, std::int64_t layer,
                      InspectReport& report) {
  SPACEMOE_ASSIGN_OR_RETURN(const std::int64_t gateway,
                            weights.GatewayBytes(layer));
  SPACEMOE_ASSIGN_OR_RETURN(
      const std::int64_t experts,
      LayerExpertBytes(weights, layer, report.expert_bytes));
  report.gateway_bytes = std::max(report.gateway_bytes, gateway);
  report.layer_bytes = std::max(report.layer_bytes, gateway + experts);
  report.total_bytes += gateway + experts;
  if (layer == 0) {
    report.first_gateway_with_head_bytes = gateway + report.head_bytes;
    report.first_layer_with_head_bytes = gateway + experts + report.head_bytes;
  }
  return absl::OkStatus();
}

absl::Status AddBytes(const ModelWeights& weights, InspectReport& report) {
  SPACEMOE_ASSIGN_OR_RETURN(report.head_bytes, weights.HeadBytes());
  report.total_bytes = report.head_bytes;
  for (std::int64_t layer = 0; layer < report.config.layers; ++layer) {
    SPACEMOE_RETURN_IF_ERROR(AddLayer(weights, layer, report));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<InspectReport> Inspect(const std::string& path) {
  SPACEMOE_ASSIGN_OR_RETURN(const auto checkpoint, Checkpoint::Open(path));
  const ModelWeights weights(*checkpoint);
  InspectReport report;
  report.path = path;
  report.format = checkpoint->format();
  report.config = checkpoint->config();
  report.total_parameters = weights.TotalParameters();
  report.active_parameters = weights.ActiveParameters();
  for (const TensorInfo* tensor : checkpoint->tensors()) {
    TypeShare& share = report.stored[tensor->type_name];
    ++share.tensors;
    share.bytes += tensor->bytes;
  }
  SPACEMOE_RETURN_IF_ERROR(AddBytes(weights, report));
  report.skipped = FindUnusedTensors(*checkpoint);
  report.tokenizer = SummarizeTokenizer(path);
  return report;
}

}  // namespace spacemoe
