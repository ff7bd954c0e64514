// How the outputs of a layer come together: residual + multiplier *
// norm(experts in ascending id + shared part), the norm only in families that
// norm after.
#ifndef SPACEMOE_MODELS_ENGINE_COMBINER_H_
#define SPACEMOE_MODELS_ENGINE_COMBINER_H_

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/statusor.h"
#include "models/checkpoint/checkpoint.h"
#include "models/engine/engine_context.h"
#include "models/roles/roles.h"

namespace spacemoe {

class ResidualCombiner : public LayerCombiner {
 public:
  static absl::StatusOr<std::unique_ptr<ResidualCombiner>> Create(
      const Checkpoint& checkpoint, int64_t layer,
      std::shared_ptr<EngineContext> context);

  // out must not overlap what the rows point to.
  absl::Status Combine(absl::Span<const CombineRow> rows, float* out) override;

 private:
  ResidualCombiner(const ModelConfig& config,
                   std::shared_ptr<EngineContext> context);
  void CombineOne(const CombineRow& row, float* out) const;

  const int64_t hidden_;
  const float multiplier_;
  const std::shared_ptr<EngineContext> context_;
  std::optional<NormWeights> norm_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_COMBINER_H_
