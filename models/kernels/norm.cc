#include <algorithm>
#include <cmath>
#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/kernels/norm.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, in this order.
#include "hwy/highway.h"
#include "models/kernels/kernels.h"
#include "models/kernels/lanes-inl.h"
#include "models/kernels/map-inl.h"
#include "models/kernels/tree-inl.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

HWY_INLINE float SumOfSquares(const float* x, std::int64_t count) {
  Lanes sum = ZeroLanes();
  std::int64_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    const Lanes value = LoadLanes(x + i);
    AddProduct(value, value, sum);
  }
  if (i < count) {
    const Lanes value = LoadSomeLanes(x + i, count - i);
    AddProduct(value, value, sum);
  }
  return SumOfLanes(sum);
}

template <bool kRoundBf16>
struct NormOp {
  float scale;
  HWY_INLINE VF Apply(VF x, VF weight) const {
    const VF normed = Rounded<kRoundBf16>(hn::Mul(x, hn::Set(DF(), scale)));
    return Rounded<kRoundBf16>(hn::Mul(normed, weight));
  }
};

void NormRow(const float* x, const float* weight, float eps, std::int64_t cols,
             float* y, bool round_bf16) {
  const float mean = SumOfSquares(x, cols) / static_cast<float>(cols);
  const float scale = 1.0f / std::sqrt(mean + eps);
  if (round_bf16) {
    Map(NormOp<true>{scale}, x, weight, y, cols);
  } else {
    Map(NormOp<false>{scale}, x, weight, y, cols);
  }
}

HWY_INLINE float Sum(const float* x, std::int64_t count) {
  Lanes sum = ZeroLanes();
  for (std::int64_t i = 0; i < count; i += kLanes) {
    const Lanes value = i + kLanes <= count ? LoadLanes(x + i)
                                            : LoadSomeLanes(x + i, count - i);
    for (int p = 0; p < kParts; ++p) sum.v[p] = hn::Add(sum.v[p], value.v[p]);
  }
  return SumOfLanes(sum);
}

struct CentreOp {
  float mean;
  HWY_INLINE VF Apply(VF x, VF) const {
    return hn::Sub(x, hn::Set(DF(), mean));
  }
};

template <bool kRoundBf16>
struct AddBiasOp {
  HWY_INLINE VF Apply(VF x, VF bias) const {
    return Rounded<kRoundBf16>(hn::Add(x, bias));
  }
};

void LayerNormRow(const float* x, const float* weight, const float* bias,
                  float eps, std::int64_t cols, float* y, bool round_bf16) {
  const auto count = static_cast<float>(cols);
  Map(CentreOp{Sum(x, cols) / count}, x, x, y, cols);
  const float variance = SumOfSquares(y, cols) / count;
  Map(NormOp<false>{1.0f / std::sqrt(variance + eps)}, y, weight, y, cols);
  if (round_bf16) {
    Map(AddBiasOp<true>(), y, bias, y, cols);
  } else {
    Map(AddBiasOp<false>(), y, bias, y, cols);
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace spacemoe::kernels {

HWY_EXPORT(NormRow);
HWY_EXPORT(LayerNormRow);

void LayerNorm(const float* x, const float* weight, const float* bias,
               float eps, std::int64_t rows, std::int64_t cols, float* y,
               bool round_bf16) {
  for (std::int64_t r = 0; r < rows; ++r) {
    HWY_DYNAMIC_DISPATCH(LayerNormRow)
    (x + r * cols, weight, bias, eps, cols, y + r * cols, round_bf16);
  }
}

void RmsNorm(const float* x, const float* weight, float eps, std::int64_t rows,
             std::int64_t cols, float* y, bool round_bf16, ThreadPool* pool) {
  const auto run = [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t r = begin; r < end; ++r) {
      HWY_DYNAMIC_DISPATCH(NormRow)
      (x + r * cols, weight, eps, cols, y + r * cols, round_bf16);
    }
  };
  if (pool == nullptr) return run(0, rows);
  // Values below which a range is not worth another thread.
  constexpr std::int64_t kGrainValues = 32768;
  const std::int64_t width = std::max<std::int64_t>(cols, 1);
  pool->ParallelFor(rows, (kGrainValues + width - 1) / width, run);
}

}  // namespace spacemoe::kernels
#endif  // HWY_ONCE
