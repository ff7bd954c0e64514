// Cuts several matrix products into units of a few output columns each, so
// that one parallel region can share them out.
#ifndef SPACEMOE_MODELS_ENGINE_PRODUCT_RANGES_H_
#define SPACEMOE_MODELS_ENGINE_PRODUCT_RANGES_H_

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "models/engine/arithmetic.h"

namespace spacemoe {

// Thread-compatible; Run may be called concurrently for disjoint ranges.
class ProductRanges {
 public:
  // The products are borrowed until the next call.
  void Assign(absl::Span<const Product> products);

  int64_t units() const { return ends_.empty() ? 0 : ends_.back(); }
  // Multiply-adds in all.
  int64_t work() const { return work_; }

  // Computes units [begin, end). A value does not depend on the cut.
  void Run(int64_t begin, int64_t end, bool round_bf16) const;

 private:
  absl::Span<const Product> products_;
  std::vector<int64_t> ends_;  // units up to and with each product
  int64_t work_ = 0;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_PRODUCT_RANGES_H_
