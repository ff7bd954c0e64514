// A layer on one satellite: LocalLayer as a role.
#ifndef SPACEMOE_MODELS_ENGINE_WHOLE_LAYER_H_
#define SPACEMOE_MODELS_ENGINE_WHOLE_LAYER_H_

#include <cstdint>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"
#include "models/engine/engine_context.h"
#include "models/engine/local_layer.h"
#include "models/roles/roles.h"

namespace spacemoe {

class WholeLayer final : public LayerRole {
 public:
  // kv_bytes_limit: 0: none. The checkpoint is borrowed.
  static absl::StatusOr<std::unique_ptr<WholeLayer>> Create(
      const Checkpoint& checkpoint, int64_t layer, int64_t kv_bytes_limit,
      std::shared_ptr<EngineContext> context);

  int64_t hidden_size() const override { return layer_.hidden_size(); }
  absl::Status Run(absl::Span<const GatewayRow> rows, float* hidden) override;
  void Release(uint64_t sequence) override { layer_.Release(sequence); }
  double Flops(int64_t position) const override;

 private:
  WholeLayer(LocalLayer layer, int64_t experts_per_row,
             std::shared_ptr<EngineContext> context)
      : layer_(std::move(layer)),
        experts_per_row_(experts_per_row),
        context_(std::move(context)) {}

  absl::Status RunRows(absl::Span<const GatewayRow> rows, float* hidden);
  // It is the next satellite's turn to use the cores.
  void Rest() const;

  LocalLayer layer_;
  const int64_t experts_per_row_;
  const std::shared_ptr<EngineContext> context_;
  LocalBatch batch_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_WHOLE_LAYER_H_
