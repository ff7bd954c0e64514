#include "models/engine/whole_layer.h"

#include <algorithm>

#include "models/engine/torch_guard.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {

absl::StatusOr<std::unique_ptr<WholeLayer>> WholeLayer::Create(
    const Checkpoint& checkpoint, int64_t layer, int64_t kv_bytes_limit,
    std::shared_ptr<EngineContext> context) {
  SPACEMOE_ASSIGN_OR_RETURN(
      LocalLayer local,
      LocalLayer::Create(checkpoint, layer, kv_bytes_limit, context));
  return std::unique_ptr<WholeLayer>(new WholeLayer(
      std::move(local), checkpoint.config().ExpertsPerToken(layer),
      std::move(context)));
}

absl::Status WholeLayer::Run(absl::Span<const GatewayRow> rows, float* hidden) {
  const absl::Status status = Guarded([&] { return RunRows(rows, hidden); });
  Rest();
  return status;
}

void WholeLayer::Rest() const {
  ThreadPool* const pool = context_->arithmetic->pool();
  if (pool != nullptr) pool->Rest();
}

absl::Status WholeLayer::RunRows(absl::Span<const GatewayRow> rows,
                                 float* hidden) {
  const auto floats = static_cast<int64_t>(rows.size()) * hidden_size();
  batch_.rows.assign(rows.begin(), rows.end());
  batch_.hidden = hidden;
  batch_.normed = context_->workspace.Floats(Buffer::kLayerNormed, floats);
  batch_.next = context_->workspace.Floats(Buffer::kNextHidden, floats);
  SPACEMOE_RETURN_IF_ERROR(layer_.Attend(batch_));
  layer_.Compact(batch_);
  if (batch_.count() == 0) return absl::OkStatus();
  SPACEMOE_RETURN_IF_ERROR(layer_.FeedForwardAndCombine(batch_));
  std::copy_n(batch_.hidden, batch_.count() * hidden_size(), hidden);
  return absl::OkStatus();
}

double WholeLayer::Flops(int64_t position) const {
  return layer_.gateway().Flops(position) +
         static_cast<double>(experts_per_row_) * layer_.experts().Flops();
}

}  // namespace spacemoe
