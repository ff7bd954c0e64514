#include "models/engine/combiner.h"

#include <algorithm>
#include <utility>

namespace spacemoe {

ResidualCombiner::ResidualCombiner(int64_t hidden, float multiplier,
                                   std::shared_ptr<EngineContext> context)
    : hidden_(hidden), multiplier_(multiplier), context_(std::move(context)) {}

absl::Status ResidualCombiner::Combine(absl::Span<const CombineRow> rows,
                                       float* out) {
  for (size_t r = 0; r < rows.size(); ++r) {
    CombineOne(rows[r], out + static_cast<int64_t>(r) * hidden_);
  }
  return absl::OkStatus();
}

void ResidualCombiner::CombineOne(const CombineRow& row, float* out) const {
  const Arithmetic& arithmetic = *context_->arithmetic;
  std::fill_n(out, hidden_, 0.0f);
  for (const float* expert : row.experts) arithmetic.Add(expert, hidden_, out);
  if (row.shared != nullptr) arithmetic.Add(row.shared, hidden_, out);
  arithmetic.Scale(multiplier_, hidden_, out);
  arithmetic.Add(row.residual, hidden_, out);
}

}  // namespace spacemoe
