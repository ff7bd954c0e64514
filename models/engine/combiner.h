// How the outputs of a layer come together, for layers whose rule is a factor
// on the sum: residual + multiplier * (experts in ascending id + shared part).
#ifndef SPACEMOE_MODELS_ENGINE_COMBINER_H_
#define SPACEMOE_MODELS_ENGINE_COMBINER_H_

#include <cstdint>
#include <memory>

#include "models/engine/engine_context.h"
#include "models/roles/roles.h"

namespace spacemoe {

class ResidualCombiner : public LayerCombiner {
 public:
  ResidualCombiner(int64_t hidden, float multiplier,
                   std::shared_ptr<EngineContext> context);

  // out must not overlap what the rows point to.
  absl::Status Combine(absl::Span<const CombineRow> rows, float* out) override;

 private:
  void CombineOne(const CombineRow& row, float* out) const;

  const int64_t hidden_;
  const float multiplier_;
  const std::shared_ptr<EngineContext> context_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_COMBINER_H_
