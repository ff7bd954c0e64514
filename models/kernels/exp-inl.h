// exp in float32, within about one unit in the last place, the same bits on
// every instruction set with fused multiply-add. Cody-Waite reduction and the
// polynomial of the Cephes library's expf (Moshier).
#if defined(SPACEMOE_MODELS_KERNELS_EXP_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SPACEMOE_MODELS_KERNELS_EXP_INL_H_
#undef SPACEMOE_MODELS_KERNELS_EXP_INL_H_
#else
#define SPACEMOE_MODELS_KERNELS_EXP_INL_H_
#endif

#include "hwy/highway.h"
#include "models/kernels/lanes-inl.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

// 2^n for n in [-126, 127].
HWY_INLINE VF PowerOfTwo(hn::Vec<DI> n) {
  const DI di;
  return hn::BitCast(DF(), hn::ShiftLeft<23>(hn::Add(n, hn::Set(di, 127))));
}

// exp(r) for |r| <= ln(2) / 2.
HWY_INLINE VF ExpReduced(VF r) {
  const DF d;
  VF p = hn::Set(d, 1.9875691500e-4f);
  p = hn::MulAdd(p, r, hn::Set(d, 1.3981999507e-3f));
  p = hn::MulAdd(p, r, hn::Set(d, 8.3334519073e-3f));
  p = hn::MulAdd(p, r, hn::Set(d, 4.1665795894e-2f));
  p = hn::MulAdd(p, r, hn::Set(d, 1.6666665459e-1f));
  p = hn::MulAdd(p, r, hn::Set(d, 5.0000001201e-1f));
  const VF tail = hn::MulAdd(hn::Mul(r, r), p, r);
  return hn::Add(tail, hn::Set(d, 1.0f));
}

HWY_INLINE VF Exp(VF x) {
  const DF d;
  // exp(-104) rounds to 0 and exp(89) to infinity.
  const VF clamped =
      hn::Min(hn::Max(x, hn::Set(d, -104.0f)), hn::Set(d, 89.0f));
  const VF n = hn::Round(hn::Mul(clamped, hn::Set(d, 1.44269504f)));
  VF r = hn::NegMulAdd(n, hn::Set(d, 0.693359375f), clamped);
  r = hn::NegMulAdd(n, hn::Set(d, -2.12194440e-4f), r);
  // Two factors, because 2^n alone may be subnormal or overflow.
  const auto exponent = hn::ConvertTo(DI(), n);
  const auto half = hn::ShiftRight<1>(exponent);
  const VF scaled = hn::Mul(hn::Mul(ExpReduced(r), PowerOfTwo(half)),
                            PowerOfTwo(hn::Sub(exponent, half)));
  return hn::IfThenElse(hn::IsNaN(x), x, scaled);
}

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#endif  // SPACEMOE_MODELS_KERNELS_EXP_INL_H_
