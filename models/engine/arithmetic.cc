#include "models/engine/arithmetic.h"

#include <algorithm>

#include "models/kernels/kernels.h"

namespace spacemoe {

void Arithmetic::Norm(const NormWeights& norm, const float* x, int64_t rows,
                      float* y) {
  if (norm.kind == NormKind::kLayer) return LayerNorm(norm, x, rows, y);
  RmsNorm(norm, x, rows, y);
}

void Arithmetic::Clip(float limit, int64_t count, float* x) {
  for (int64_t i = 0; i < count; ++i) x[i] = std::clamp(x[i], -limit, limit);
}

void Arithmetic::Add(const float* x, int64_t count, float* y) const {
  kernels::Add(x, count, y, bfloat16_);
}

void Arithmetic::Scale(float a, int64_t count, float* y) const {
  if (a != 1) kernels::Scale(a, y, count, y, bfloat16_);
}

}  // namespace spacemoe
