// The 16 virtual float32 lanes that every reduction runs over, on vectors of
// 4, 8 or 16 lanes. Included once per instruction set (see Highway's
// foreach_target.h); everything is internal to its namespace.
#if defined(SPACEMOE_MODELS_KERNELS_LANES_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SPACEMOE_MODELS_KERNELS_LANES_INL_H_
#undef SPACEMOE_MODELS_KERNELS_LANES_INL_H_
#else
#define SPACEMOE_MODELS_KERNELS_LANES_INL_H_
#endif

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "hwy/highway.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

// One hardware vector.
using DF = hn::CappedTag<float, 16>;
using VF = hn::Vec<DF>;
using DI = hn::RebindToSigned<DF>;
using DU = hn::RebindToUnsigned<DF>;
constexpr int kLanes = 16;
#if HWY_TARGET == HWY_SCALAR
constexpr int kVectorLanes = 1;
#else
constexpr int kVectorLanes = HWY_MAX_BYTES >= 64 ? 16 : HWY_MAX_BYTES / 4;
#endif
constexpr int kParts = kLanes / kVectorLanes;

// 16 float32 values; lane i is lane i % kVectorLanes of v[i / kVectorLanes].
struct Lanes {
  VF v[kParts];
};

HWY_INLINE Lanes ZeroLanes() {
  Lanes lanes;
  for (int i = 0; i < kParts; ++i) lanes.v[i] = hn::Zero(DF());
  return lanes;
}

HWY_INLINE Lanes LoadLanes(const float* p) {
  Lanes lanes;
  for (int i = 0; i < kParts; ++i) {
    lanes.v[i] = hn::LoadU(DF(), p + i * kVectorLanes);
  }
  return lanes;
}

// The first `count` (< 16) values of p, the other lanes being `fill`.
HWY_INLINE Lanes LoadSomeLanes(const float* p, std::int64_t count,
                               float fill = 0.0f) {
  alignas(64) float buffer[kLanes];
  for (float& value : buffer) value = fill;
  std::memcpy(buffer, p, static_cast<std::size_t>(count) * sizeof(float));
  return LoadLanes(buffer);
}

HWY_INLINE void StoreLanes(const Lanes& lanes, float* p) {
  for (int i = 0; i < kParts; ++i) {
    hn::StoreU(lanes.v[i], DF(), p + i * kVectorLanes);
  }
}

HWY_INLINE void StoreSomeLanes(const Lanes& lanes, float* p,
                               std::int64_t count) {
  alignas(64) float buffer[kLanes];
  StoreLanes(lanes, buffer);
  std::memcpy(p, buffer, static_cast<std::size_t>(count) * sizeof(float));
}

// sum + a * b, rounded once where the instruction set has it (AVX2, AVX-512,
// NEON); older ones round the product too, and then give other bits.
HWY_INLINE void AddProduct(const Lanes& a, const Lanes& b, Lanes& sum) {
  for (int i = 0; i < kParts; ++i) {
    sum.v[i] = hn::MulAdd(a.v[i], b.v[i], sum.v[i]);
  }
}

// The nearest bfloat16 values, ties to even; NaN stays NaN.
template <class D>
HWY_INLINE hn::Vec<D> NearestBf16(D d, hn::Vec<D> v) {
  const hn::RebindToUnsigned<D> du;
  const auto bits = hn::BitCast(du, v);
  const auto odd = hn::And(hn::ShiftRight<16>(bits), hn::Set(du, 1u));
  const auto rounded = hn::Add(hn::Add(bits, hn::Set(du, 0x7fffu)), odd);
  const auto quiet = hn::Or(bits, hn::Set(du, 0x400000u));
  const auto is_nan = hn::RebindMask(du, hn::IsNaN(v));
  const auto chosen = hn::IfThenElse(is_nan, quiet, rounded);
  return hn::BitCast(d, hn::And(chosen, hn::Set(du, 0xffff0000u)));
}

template <bool kRoundBf16>
HWY_INLINE VF Rounded(VF v) {
  if constexpr (kRoundBf16) {
    return NearestBf16(DF(), v);
  } else {
    return v;
  }
}

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#endif  // SPACEMOE_MODELS_KERNELS_LANES_INL_H_
