// Readers of GGML's 4- and 5-bit blocks. The high nibble is not shifted down:
// sixteen times the code is multiplied with a sixteenth of the scale, which
// gives the same bits.
#if defined(SPACEMOE_MODELS_KERNELS_NIBBLES_INL_H_) == \
    defined(HWY_TARGET_TOGGLE)
#ifdef SPACEMOE_MODELS_KERNELS_NIBBLES_INL_H_
#undef SPACEMOE_MODELS_KERNELS_NIBBLES_INL_H_
#else
#define SPACEMOE_MODELS_KERNELS_NIBBLES_INL_H_
#endif

#include <cstdint>
#include <cstring>

#include "hwy/highway.h"
#include "models/kernels/blocks-inl.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

using VI = hn::Vec<DI>;

#if HWY_TARGET == HWY_AVX3

// From memory, where compilers would go through a general register.
HWY_INLINE __mmask16 LoadMask(const std::uint8_t* p) {
  __mmask16 mask;
  asm("kmovw %1, %0"
      : "=k"(mask)
      : "m"(*reinterpret_cast<const std::uint8_t(*)[2]>(p)));
  return mask;
}

#else

// `value` in each lane i whose bit first + i of the little-endian bits at p is
// set, else 0.
template <int kValue>
HWY_INLINE VI ValueWhereBit(const std::uint8_t* p, int first) {
  std::uint32_t bits;
  std::memcpy(&bits, p, sizeof(bits));
  const DU du;
  const auto position = hn::Iota(du, static_cast<std::uint32_t>(first));
  const auto shifted = hn::Shr(hn::Set(du, bits), position);
  const auto bit = hn::And(shifted, hn::Set(du, 1u));
  const auto is_set = hn::RebindMask(DI(), hn::Eq(bit, hn::Set(du, 1u)));
  return hn::IfThenElseZero(is_set, hn::Set(DI(), kValue));
}

#endif  // HWY_TARGET == HWY_AVX3

// Q4_0, Q4_1, Q5_0, Q5_1: float16 d, float16 m if kHasMinimum, 32 fifth bits
// if kHasFifthBit, 32 nibbles.
template <bool kHasMinimum, bool kHasFifthBit>
struct NibbleBlock {
  static constexpr bool kHasScales = true;
  static constexpr int kFifthBits = kHasMinimum ? 4 : 2;
  static constexpr int kNibbles = kFifthBits + (kHasFifthBit ? 4 : 0);
  static constexpr int kBytes = kNibbles + 16;
  static constexpr int kMiddle = kHasFifthBit ? 16 : 8;

#if HWY_TARGET == HWY_AVX3
  // Values of the 16 codes from `first`. Product and sum stay apart, so that
  // each takes its factor from memory; the product is exact.
  static HWY_INLINE VF Table(const float* scales, float first) {
    const VF product =
        hn::Mul(hn::Iota(DF(), kHasMinimum ? first : first - kMiddle),
                hn::Set(DF(), scales[0]));
    if constexpr (!kHasMinimum) return product;
    return hn::Add(product, hn::Set(DF(), scales[1]));
  }

  // The instruction uses the low four bits of each lane of `code`, and the
  // upper table where the fifth bit is set.
  static HWY_INLINE VF LookUp(const std::uint8_t* fifth, VF table, VF upper,
                              VI code) {
    const __m512 value = _mm512_permutexvar_ps(code.raw, table.raw);
    if constexpr (!kHasFifthBit) return VF{value};
    return VF{_mm512_mask_permutexvar_ps(value, LoadMask(fifth), code.raw,
                                         upper.raw)};
  }

  static HWY_INLINE void Load(const std::uint8_t* p, const float* scales,
                              const float*, Lanes& low, Lanes& high) {
    const VF table = Table(scales, 0.0f);
    const VF upper = kHasFifthBit ? Table(Reread(scales), 16.0f) : table;
    const VI bytes = hn::PromoteTo(DI(), LoadBytes<std::uint8_t>(p + kNibbles));
    low.v[0] = LookUp(p + kFifthBits, table, upper, bytes);
    high.v[0] =
        LookUp(p + kFifthBits + 2, table, upper, hn::ShiftRight<4>(bytes));
  }
#else
  // Values of codes that are kUnit times too large, d being as much too small.
  template <int kUnit>
  static HWY_INLINE VF Values(VF d, VF m, VI code) {
    if constexpr (kHasMinimum) {
      return hn::MulAdd(d, hn::ConvertTo(DF(), code), m);
    } else {
      const VI centred = hn::Sub(code, hn::Set(DI(), kMiddle * kUnit));
      return hn::Mul(d, hn::ConvertTo(DF(), centred));
    }
  }

  template <int kUnit>
  static HWY_INLINE VI Codes(const std::uint8_t* p, VI bytes, int first) {
    const VI nibbles = hn::And(bytes, hn::Set(DI(), 15 * kUnit));
    if constexpr (kHasFifthBit) {
      return hn::Or(nibbles, ValueWhereBit<16 * kUnit>(p + kFifthBits, first));
    } else {
      return nibbles;
    }
  }

  static HWY_INLINE void Load(const std::uint8_t* p, const float* scales,
                              const float* sixteenths, Lanes& low,
                              Lanes& high) {
    const VF d = hn::Set(DF(), scales[0]);
    const VF d_high = hn::Set(DF(), sixteenths[0]);
    const VF m = hn::Set(DF(), scales[1]);
    for (int i = 0; i < kParts; ++i) {
      const int first = i * kVectorLanes;
      const VI bytes =
          hn::PromoteTo(DI(), LoadBytes<std::uint8_t>(p + kNibbles + first));
      low.v[i] = Values<1>(d, m, Codes<1>(p, bytes, first));
      high.v[i] = Values<16>(d_high, m, Codes<16>(p, bytes, 16 + first));
    }
  }
#endif  // HWY_TARGET == HWY_AVX3
};

using Q4_0Block = NibbleBlock<false, false>;
using Q4_1Block = NibbleBlock<true, false>;
using Q5_0Block = NibbleBlock<false, true>;
using Q5_1Block = NibbleBlock<true, true>;

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#endif  // SPACEMOE_MODELS_KERNELS_NIBBLES_INL_H_
