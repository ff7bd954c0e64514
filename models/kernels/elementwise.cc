#include <cstdint>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "models/kernels/elementwise.cc"
#include "hwy/foreach_target.h"
// After foreach_target.h, in this order.
#include "hwy/highway.h"
#include "models/kernels/exp-inl.h"
#include "models/kernels/kernels.h"
#include "models/kernels/lanes-inl.h"
#include "models/kernels/map-inl.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

template <bool kRoundBf16>
struct SiluMulOp {
  HWY_INLINE VF Apply(VF gate, VF up) const {
    const VF one = hn::Set(DF(), 1.0f);
    const VF silu = hn::Div(gate, hn::Add(one, Exp(hn::Neg(gate))));
    return Rounded<kRoundBf16>(hn::Mul(Rounded<kRoundBf16>(silu), up));
  }
};

template <bool kRoundBf16>
struct ClampedSwigluOp {
  float limit;
  HWY_INLINE VF Apply(VF gate, VF up) const {
    const VF one = hn::Set(DF(), 1.0f);
    const VF most = hn::Set(DF(), limit);
    const VF g = hn::Min(gate, most);
    const VF u = hn::Max(hn::Min(up, most), hn::Neg(most));
    const VF inner = Rounded<kRoundBf16>(hn::Mul(g, hn::Set(DF(), 1.702f)));
    const VF sigmoid =
        Rounded<kRoundBf16>(hn::Div(one, hn::Add(one, Exp(hn::Neg(inner)))));
    const VF glu = Rounded<kRoundBf16>(hn::Mul(g, sigmoid));
    return Rounded<kRoundBf16>(
        hn::Mul(Rounded<kRoundBf16>(hn::Add(u, one)), glu));
  }
};

template <bool kRoundBf16>
struct AxpyOp {
  float a;
  HWY_INLINE VF Apply(VF x, VF y) const {
    const VF factor = hn::Set(DF(), a);
    if constexpr (kRoundBf16) {
      return Rounded<true>(hn::Add(Rounded<true>(hn::Mul(factor, x)), y));
    } else {
      return hn::MulAdd(factor, x, y);
    }
  }
};

template <bool kRoundBf16>
struct ScaleOp {
  float a;
  HWY_INLINE VF Apply(VF x, VF) const {
    return Rounded<kRoundBf16>(hn::Mul(hn::Set(DF(), a), x));
  }
};

template <bool kRoundBf16>
struct AddOp {
  HWY_INLINE VF Apply(VF x, VF y) const {
    return Rounded<kRoundBf16>(hn::Add(x, y));
  }
};

struct RoundOp {
  HWY_INLINE VF Apply(VF x, VF) const { return Rounded<true>(x); }
};

void SiluMulOn(const float* gate, const float* up, std::int64_t count,
               float* out, bool round_bf16) {
  if (round_bf16) return Map(SiluMulOp<true>(), gate, up, out, count);
  Map(SiluMulOp<false>(), gate, up, out, count);
}

void ClampedSwigluOn(float limit, const float* gate, const float* up,
                     std::int64_t count, float* out, bool round_bf16) {
  if (round_bf16)
    return Map(ClampedSwigluOp<true>{limit}, gate, up, out, count);
  Map(ClampedSwigluOp<false>{limit}, gate, up, out, count);
}

void AxpyOn(float a, const float* x, std::int64_t count, float* y,
            bool round_bf16) {
  if (round_bf16) return Map(AxpyOp<true>{a}, x, y, y, count);
  Map(AxpyOp<false>{a}, x, y, y, count);
}

void ScaleOn(float a, const float* x, std::int64_t count, float* y,
             bool round_bf16) {
  if (round_bf16) return Map(ScaleOp<true>{a}, x, x, y, count);
  Map(ScaleOp<false>{a}, x, x, y, count);
}

void AddOn(const float* x, std::int64_t count, float* y, bool round_bf16) {
  if (round_bf16) return Map(AddOp<true>(), x, y, y, count);
  Map(AddOp<false>(), x, y, y, count);
}

void RoundOn(float* x, std::int64_t count) { Map(RoundOp(), x, x, x, count); }

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace spacemoe::kernels {

HWY_EXPORT(SiluMulOn);
HWY_EXPORT(ClampedSwigluOn);
HWY_EXPORT(AxpyOn);
HWY_EXPORT(ScaleOn);
HWY_EXPORT(AddOn);
HWY_EXPORT(RoundOn);

void SiluMul(const float* gate, const float* up, std::int64_t count, float* out,
             bool round_bf16, ThreadPool* pool) {
  const auto run = [&](std::int64_t begin, std::int64_t end) {
    HWY_DYNAMIC_DISPATCH(SiluMulOn)
    (gate + begin, up + begin, end - begin, out + begin, round_bf16);
  };
  if (pool == nullptr) return run(0, count);
  // Values below which a range is not worth another thread.
  constexpr std::int64_t kGrainValues = 8192;
  pool->ParallelFor(count, kGrainValues, run);
}

void ClampedSwiglu(float limit, const float* gate, const float* up,
                   std::int64_t count, float* out, bool round_bf16) {
  HWY_DYNAMIC_DISPATCH(ClampedSwigluOn)
  (limit, gate, up, count, out, round_bf16);
}

void Axpy(float a, const float* x, std::int64_t count, float* y,
          bool round_bf16) {
  HWY_DYNAMIC_DISPATCH(AxpyOn)(a, x, count, y, round_bf16);
}

void Scale(float a, const float* x, std::int64_t count, float* y,
           bool round_bf16) {
  HWY_DYNAMIC_DISPATCH(ScaleOn)(a, x, count, y, round_bf16);
}

void Add(const float* x, std::int64_t count, float* y, bool round_bf16) {
  HWY_DYNAMIC_DISPATCH(AddOn)(x, count, y, round_bf16);
}

void RoundToBf16(float* x, std::int64_t count) {
  HWY_DYNAMIC_DISPATCH(RoundOn)(x, count);
}

}  // namespace spacemoe::kernels
#endif  // HWY_ONCE
