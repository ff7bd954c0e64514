// Softmax of one row, in place, over the 16 virtual lanes.
#if defined(SPACEMOE_MODELS_KERNELS_SOFTMAX_INL_H_) == \
    defined(HWY_TARGET_TOGGLE)
#ifdef SPACEMOE_MODELS_KERNELS_SOFTMAX_INL_H_
#undef SPACEMOE_MODELS_KERNELS_SOFTMAX_INL_H_
#else
#define SPACEMOE_MODELS_KERNELS_SOFTMAX_INL_H_
#endif

#include <cstdint>
#include <limits>

#include "hwy/highway.h"
#include "models/kernels/exp-inl.h"
#include "models/kernels/lanes-inl.h"
#include "models/kernels/tree-inl.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

// 16 scores from x, absent ones being -infinity (whose exponential is 0).
HWY_INLINE Lanes LoadScores(const float* x, std::int64_t left) {
  if (left >= kLanes) return LoadLanes(x);
  return LoadSomeLanes(x, left, -std::numeric_limits<float>::infinity());
}

HWY_INLINE void StoreScores(const Lanes& lanes, float* x, std::int64_t left) {
  if (left >= kLanes) return StoreLanes(lanes, x);
  StoreSomeLanes(lanes, x, left);
}

HWY_INLINE float LargestScore(const float* x, std::int64_t count) {
  Lanes most = LoadScores(x, count);
  for (std::int64_t i = kLanes; i < count; i += kLanes) {
    const Lanes scores = LoadScores(x + i, count - i);
    for (int p = 0; p < kParts; ++p) {
      most.v[p] = hn::Max(most.v[p], scores.v[p]);
    }
  }
  VF all = most.v[0];
  for (int p = 1; p < kParts; ++p) all = hn::Max(all, most.v[p]);
  return hn::GetLane(hn::MaxOfLanes(DF(), all));
}

// x = exp(x - largest); the sum of all.
HWY_INLINE float ExponentialsAndSum(float* x, std::int64_t count,
                                    float largest) {
  const VF shift = hn::Set(DF(), largest);
  Lanes sum = ZeroLanes();
  for (std::int64_t i = 0; i < count; i += kLanes) {
    Lanes scores = LoadScores(x + i, count - i);
    for (int p = 0; p < kParts; ++p) {
      scores.v[p] = Exp(hn::Sub(scores.v[p], shift));
      sum.v[p] = hn::Add(sum.v[p], scores.v[p]);
    }
    StoreScores(scores, x + i, count - i);
  }
  return SumOfLanes(sum);
}

// x = x / sum.
template <bool kRoundBf16>
HWY_INLINE void DivideRow(float* x, std::int64_t count, float by) {
  const VF sum = hn::Set(DF(), by);
  for (std::int64_t i = 0; i < count; i += kLanes) {
    Lanes scores = LoadScores(x + i, count - i);
    for (VF& part : scores.v) part = Rounded<kRoundBf16>(hn::Div(part, sum));
    StoreScores(scores, x + i, count - i);
  }
}

template <bool kRoundBf16>
HWY_INLINE void SoftmaxRow(float* x, std::int64_t count) {
  if (count <= 0) return;
  const float largest = LargestScore(x, count);
  DivideRow<kRoundBf16>(x, count, ExponentialsAndSum(x, count, largest));
}

// As if the row had one more score, which is then dropped.
template <bool kRoundBf16>
HWY_INLINE void SoftmaxRowWithSink(float* x, std::int64_t count, float sink) {
  const float largest = HWY_MAX(LargestScore(x, count), sink);
  const float dropped = hn::GetLane(Exp(hn::Set(DF(), sink - largest)));
  DivideRow<kRoundBf16>(x, count,
                        ExponentialsAndSum(x, count, largest) + dropped);
}

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#endif  // SPACEMOE_MODELS_KERNELS_SOFTMAX_INL_H_
