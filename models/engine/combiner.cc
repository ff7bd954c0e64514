#include "models/engine/combiner.h"

#include <algorithm>
#include <utility>

#include "models/engine/norm.h"
#include "runtime/base/status_macros.h"

namespace spacemoe {

absl::StatusOr<std::unique_ptr<ResidualCombiner>> ResidualCombiner::Create(
    const Checkpoint& checkpoint, int64_t layer,
    std::shared_ptr<EngineContext> context) {
  const ModelConfig& config = checkpoint.config();
  std::unique_ptr<ResidualCombiner> combiner(
      new ResidualCombiner(config, std::move(context)));
  if (!config.post_norm) return combiner;
  const WeightLoader loader(checkpoint, *combiner->context_->arithmetic, layer);
  SPACEMOE_ASSIGN_OR_RETURN(combiner->norm_,
                            LoadNorm(config, loader, TensorRole::kPostFfnNorm,
                                     TensorRole::kFfnNormBias));
  return combiner;
}

ResidualCombiner::ResidualCombiner(const ModelConfig& config,
                                   std::shared_ptr<EngineContext> context)
    : hidden_(config.hidden_size),
      multiplier_(static_cast<float>(config.residual_multiplier)),
      context_(std::move(context)) {}

absl::Status ResidualCombiner::Combine(absl::Span<const CombineRow> rows,
                                       float* out) {
  for (size_t r = 0; r < rows.size(); ++r) {
    CombineOne(rows[r], out + static_cast<int64_t>(r) * hidden_);
  }
  return absl::OkStatus();
}

void ResidualCombiner::CombineOne(const CombineRow& row, float* out) const {
  Arithmetic& arithmetic = *context_->arithmetic;
  std::fill_n(out, hidden_, 0.0f);
  for (const float* expert : row.experts) arithmetic.Add(expert, hidden_, out);
  if (row.shared != nullptr) arithmetic.Add(row.shared, hidden_, out);
  if (norm_) arithmetic.Norm(*norm_, out, 1, out);
  arithmetic.Scale(multiplier_, hidden_, out);
  arithmetic.Add(row.residual, hidden_, out);
}

}  // namespace spacemoe
