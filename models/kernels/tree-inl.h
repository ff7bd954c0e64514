// The fixed tree that adds the 16 virtual lanes, for four sums at once:
// lane i + lane i + 8, then i + (i + 4), then i + (i + 2), then 0 + 1.
#if defined(SPACEMOE_MODELS_KERNELS_TREE_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SPACEMOE_MODELS_KERNELS_TREE_INL_H_
#undef SPACEMOE_MODELS_KERNELS_TREE_INL_H_
#else
#define SPACEMOE_MODELS_KERNELS_TREE_INL_H_
#endif

#include "hwy/highway.h"
#include "models/kernels/lanes-inl.h"
#include "models/tensor/half.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

#if HWY_TARGET == HWY_SCALAR

struct Four {
  float v[4];
};

HWY_INLINE Four LoadFour(const float* p) { return {p[0], p[1], p[2], p[3]}; }

HWY_INLINE void StoreFour(const Four& four, float* p) {
  for (int i = 0; i < 4; ++i) p[i] = four.v[i];
}

HWY_INLINE float FirstOfFour(const Four& four) { return four.v[0]; }

HWY_INLINE Four AddFour(const Four& a, const Four& b) {
  Four sum;
  for (int i = 0; i < 4; ++i) sum.v[i] = a.v[i] + b.v[i];
  return sum;
}

HWY_INLINE Four NearestBf16Four(const Four& a) {
  Four rounded;
  for (int i = 0; i < 4; ++i) rounded.v[i] = RoundedToBFloat16(a.v[i]);
  return rounded;
}

HWY_INLINE Four FoldToFour(const Lanes& lanes) {
  float x[kLanes];
  StoreLanes(lanes, x);
  Four four;
  for (int i = 0; i < 4; ++i) {
    four.v[i] = (x[i] + x[i + 8]) + (x[i + 4] + x[i + 12]);
  }
  return four;
}

HWY_INLINE float SumOfFour(const Four& a) {
  return (a.v[0] + a.v[2]) + (a.v[1] + a.v[3]);
}

HWY_INLINE Four SumsOfFour(const Four& a, const Four& b, const Four& c,
                           const Four& d) {
  return {SumOfFour(a), SumOfFour(b), SumOfFour(c), SumOfFour(d)};
}

#else

using D4 = hn::Simd<float, 4, 0>;
using Four = hn::Vec<D4>;

HWY_INLINE Four LoadFour(const float* p) { return hn::LoadU(D4(), p); }
HWY_INLINE void StoreFour(Four four, float* p) { hn::StoreU(four, D4(), p); }
HWY_INLINE float FirstOfFour(Four four) { return hn::GetLane(four); }
HWY_INLINE Four AddFour(Four a, Four b) { return hn::Add(a, b); }
HWY_INLINE Four NearestBf16Four(Four a) { return NearestBf16(D4(), a); }

HWY_INLINE Four FoldToFour(const Lanes& lanes) {
#if HWY_MAX_BYTES >= 64
  const hn::Half<DF> d8;
  const auto eight =
      hn::Add(hn::LowerHalf(d8, lanes.v[0]), hn::UpperHalf(d8, lanes.v[0]));
  return hn::Add(hn::LowerHalf(D4(), eight), hn::UpperHalf(D4(), eight));
#elif HWY_MAX_BYTES == 32
  const auto eight = hn::Add(lanes.v[0], lanes.v[1]);
  return hn::Add(hn::LowerHalf(D4(), eight), hn::UpperHalf(D4(), eight));
#else
  return hn::Add(hn::Add(lanes.v[0], lanes.v[2]),
                 hn::Add(lanes.v[1], lanes.v[3]));
#endif
}

HWY_INLINE Four SumsOfFour(Four a, Four b, Four c, Four d) {
  const D4 d4;
  const Four ab =
      hn::Add(hn::ConcatLowerLower(d4, b, a), hn::ConcatUpperUpper(d4, b, a));
  const Four cd =
      hn::Add(hn::ConcatLowerLower(d4, d, c), hn::ConcatUpperUpper(d4, d, c));
  return hn::Add(hn::ConcatEven(d4, cd, ab), hn::ConcatOdd(d4, cd, ab));
}

#endif  // HWY_TARGET == HWY_SCALAR

// FoldToFour of 16 lanes in memory.
HWY_INLINE Four FoldStored(const float* lanes) {
#if HWY_MAX_BYTES >= 64
  const hn::Half<DF> d8;
  const auto eight = hn::Add(hn::LoadU(d8, lanes), hn::LoadU(d8, lanes + 8));
  return hn::Add(hn::LowerHalf(D4(), eight), hn::UpperHalf(D4(), eight));
#else
  return FoldToFour(LoadLanes(lanes));
#endif
}

HWY_INLINE float SumOfLanes(const Lanes& lanes) {
  const Four four = FoldToFour(lanes);
  return FirstOfFour(SumsOfFour(four, four, four, four));
}

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#endif  // SPACEMOE_MODELS_KERNELS_TREE_INL_H_
