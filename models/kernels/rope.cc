#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/kernels/rope.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, in this order.
#include "hwy/highway.h"
#include "models/kernels/kernels.h"
#include "models/kernels/lanes-inl.h"
#include "models/tensor/half.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

// 16 pairs (x1, x2), rotated by their angles.
template <bool kRoundBf16>
HWY_INLINE void Rotate(const Lanes& cos, const Lanes& sin, Lanes& x1,
                       Lanes& x2) {
  for (int p = 0; p < kParts; ++p) {
    const VF x1_cos = Rounded<kRoundBf16>(hn::Mul(x1.v[p], cos.v[p]));
    const VF x2_sin = Rounded<kRoundBf16>(hn::Mul(x2.v[p], sin.v[p]));
    const VF x2_cos = Rounded<kRoundBf16>(hn::Mul(x2.v[p], cos.v[p]));
    const VF x1_sin = Rounded<kRoundBf16>(hn::Mul(x1.v[p], sin.v[p]));
    x1.v[p] = Rounded<kRoundBf16>(hn::Sub(x1_cos, x2_sin));
    x2.v[p] = Rounded<kRoundBf16>(hn::Add(x2_cos, x1_sin));
  }
}

template <bool kRoundBf16>
HWY_INLINE void RotateHead(float* x, std::int64_t half, const float* cos,
                           const float* sin) {
  std::int64_t i = 0;
  for (; i + kLanes <= half; i += kLanes) {
    Lanes x1 = LoadLanes(x + i);
    Lanes x2 = LoadLanes(x + half + i);
    Rotate<kRoundBf16>(LoadLanes(cos + i), LoadLanes(sin + i), x1, x2);
    StoreLanes(x1, x + i);
    StoreLanes(x2, x + half + i);
  }
  const std::int64_t left = half - i;
  if (left == 0) return;
  Lanes x1 = LoadSomeLanes(x + i, left);
  Lanes x2 = LoadSomeLanes(x + half + i, left);
  Rotate<kRoundBf16>(LoadSomeLanes(cos + i, left), LoadSomeLanes(sin + i, left),
                     x1, x2);
  StoreSomeLanes(x1, x + i, left);
  StoreSomeLanes(x2, x + half + i, left);
}

void RopeOn(float* x, std::int64_t heads, std::int64_t head_dim,
            const float* cos, const float* sin, bool round_bf16) {
  for (std::int64_t h = 0; h < heads; ++h, x += head_dim) {
    if (round_bf16) {
      RotateHead<true>(x, head_dim / 2, cos, sin);
    } else {
      RotateHead<false>(x, head_dim / 2, cos, sin);
    }
  }
}

template <bool kRoundBf16>
HWY_INLINE float RoundedValue(float value) {
  if constexpr (kRoundBf16) return RoundedToBFloat16(value);
  return value;
}

template <bool kRoundBf16>
HWY_INLINE void RotatePairs(float* x, std::int64_t half, const float* cos,
                            const float* sin) {
  for (std::int64_t i = 0; i < half; ++i) {
    const float x1 = x[2 * i];
    const float x2 = x[2 * i + 1];
    const float x1_cos = RoundedValue<kRoundBf16>(x1 * cos[i]);
    const float x2_sin = RoundedValue<kRoundBf16>(x2 * sin[i]);
    const float x2_cos = RoundedValue<kRoundBf16>(x2 * cos[i]);
    const float x1_sin = RoundedValue<kRoundBf16>(x1 * sin[i]);
    x[2 * i] = RoundedValue<kRoundBf16>(x1_cos - x2_sin);
    x[2 * i + 1] = RoundedValue<kRoundBf16>(x2_cos + x1_sin);
  }
}

void RopePairsOn(float* x, std::int64_t heads, std::int64_t head_dim,
                 const float* cos, const float* sin, bool round_bf16) {
  for (std::int64_t h = 0; h < heads; ++h, x += head_dim) {
    if (round_bf16) {
      RotatePairs<true>(x, head_dim / 2, cos, sin);
    } else {
      RotatePairs<false>(x, head_dim / 2, cos, sin);
    }
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace spacemoe::kernels {

HWY_EXPORT(RopeOn);
HWY_EXPORT(RopePairsOn);

void RopeRotateHalf(float* x, std::int64_t heads, std::int64_t head_dim,
                    const float* cos, const float* sin, bool round_bf16) {
  HWY_DYNAMIC_DISPATCH(RopeOn)(x, heads, head_dim, cos, sin, round_bf16);
}

void RopeInterleaved(float* x, std::int64_t heads, std::int64_t head_dim,
                     const float* cos, const float* sin, bool round_bf16) {
  HWY_DYNAMIC_DISPATCH(RopePairsOn)(x, heads, head_dim, cos, sin, round_bf16);
}

}  // namespace spacemoe::kernels
#endif  // HWY_ONCE
