#include "models/engine/arithmetic.h"

#include "models/kernels/kernels.h"

namespace spacemoe {

void Arithmetic::Add(const float* x, int64_t count, float* y) const {
  kernels::Add(x, count, y, bfloat16_);
}

void Arithmetic::Scale(float a, int64_t count, float* y) const {
  if (a != 1) kernels::Scale(a, y, count, y, bfloat16_);
}

}  // namespace spacemoe
