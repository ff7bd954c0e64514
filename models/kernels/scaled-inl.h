// Readers of small floats whose scales lie elsewhere: F8_E4M3 (Micikevicius et
// al. 2022, arXiv:2209.05433) and two E2M1 a byte, as float32 to the bit as
// DequantizeRow has them: the value is exact, its product with the scale is
// rounded once.
#if defined(SPACEMOE_MODELS_KERNELS_SCALED_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SPACEMOE_MODELS_KERNELS_SCALED_INL_H_
#undef SPACEMOE_MODELS_KERNELS_SCALED_INL_H_
#else
#define SPACEMOE_MODELS_KERNELS_SCALED_INL_H_
#endif

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

#include "hwy/highway.h"
#include "models/kernels/blocks-inl.h"
#include "models/kernels/mxfp4-inl.h"
#include "models/tensor/half.h"
#include "models/tensor/matrix_view.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

constexpr std::int64_t kF4Values = 32;
constexpr std::int64_t kF4Bytes = 16;

// As many values as DF has lanes. Exponent and mantissa moved to float32's
// places are the value times 2^-120, subnormal or not; moved to float16's,
// which has instructions of its own, times 2^-8.
HWY_INLINE VF WidenF8(const std::uint8_t* p) {
#if SPACEMOE_HAVE_F16C
  const hn::Rebind<std::int16_t, DF> d16;
  const hn::Rebind<std::uint16_t, DF> du16;
  const hn::Rebind<hwy::float16_t, DF> half;
  const auto bits =
      hn::BitCast(du16, hn::PromoteTo(d16, LoadBytes<std::int8_t>(p)));
  const auto value = hn::And(hn::ShiftLeft<7>(bits), hn::Set(du16, 0xbf80));
  const auto next =
      hn::Add(hn::And(bits, hn::Set(du16, 0x7f)), hn::Set(du16, 1));
  const auto nan = hn::ShiftLeft<7>(hn::And(next, hn::Set(du16, 0x80)));
  return hn::Mul(hn::PromoteTo(DF(), hn::BitCast(half, hn::Or(value, nan))),
                 hn::Set(DF(), 256.0f));
#else
  const DU du;
  const auto bits = hn::PromoteTo(du, LoadBytes<std::uint8_t>(p));
  const auto magnitude = hn::And(bits, hn::Set(du, 0x7fu));
  const auto sign = hn::ShiftLeft<24>(hn::And(bits, hn::Set(du, 0x80u)));
  const VF value = hn::Mul(hn::BitCast(DF(), hn::ShiftLeft<20>(magnitude)),
                           hn::Set(DF(), 0x1p120f));
  const auto nan = hn::IfThenElseZero(hn::Eq(magnitude, hn::Set(du, 0x7fu)),
                                      hn::Set(du, 0x7fc00000u));
  return hn::BitCast(DF(), hn::Or(hn::Or(hn::BitCast(du, value), nan), sign));
#endif
}

// Twice the values of 32 codes, low nibbles first.
HWY_INLINE void LookUpF4(const std::uint8_t* codes, std::int8_t* out) {
  alignas(16) static constexpr std::int8_t kValues[16] = {
      0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};
#if HWY_TARGET == HWY_SCALAR
  for (int i = 0; i < kF4Bytes; ++i) {
    out[2 * i] = kValues[codes[i] & 15];
    out[2 * i + 1] = kValues[codes[i] >> 4];
  }
#else
  const hn::FixedTag<std::uint8_t, 16> bytes;
  const hn::FixedTag<std::int8_t, 16> values;
  const auto table = hn::Load(values, kValues);
  const auto pairs = hn::LoadU(bytes, codes);
  const auto mask = hn::Set(bytes, 15);
  const auto words = hn::BitCast(hn::FixedTag<std::uint16_t, 8>(), pairs);
  const auto high = hn::And(hn::BitCast(bytes, hn::ShiftRight<4>(words)), mask);
  const auto low =
      hn::TableLookupBytes(table, hn::BitCast(values, hn::And(pairs, mask)));
  const auto upper = hn::TableLookupBytes(table, hn::BitCast(values, high));
  hn::Store(hn::InterleaveLower(values, low, upper), values, out);
  hn::Store(hn::InterleaveUpper(values, low, upper), values, out + 16);
#endif
}

// Blocks of 32 values whose scales lie elsewhere, for AddScaled. Scale: what
// the values are multiplied by, from a row of tiles.

struct F8Block {
  static constexpr bool kScaledElsewhere = true;
  static constexpr int kBytes = 32;

  static HWY_INLINE float Scale(SeparateScales::Type type, const std::byte* row,
                                std::int64_t tile) {
    if (type == SeparateScales::Type::kBF16) {
      std::uint16_t bits;
      std::memcpy(&bits, row + 2 * tile, sizeof(bits));
      return BFloat16ToFloat(bits);
    }
    float scale;
    std::memcpy(&scale, row + 4 * tile, sizeof(scale));
    return scale;
  }

  static HWY_INLINE void Load(const std::uint8_t* p, VF scale, Lanes& low,
                              Lanes& high) {
    for (int i = 0; i < kParts; ++i) {
      low.v[i] = hn::Mul(WidenF8(p + kVectorLanes * i), scale);
      high.v[i] = hn::Mul(WidenF8(p + 16 + kVectorLanes * i), scale);
    }
  }
};

struct F4Block {
  static constexpr bool kScaledElsewhere = true;
  static constexpr int kBytes = 16;

  // Half of 2^(e - 127), infinite for 255 as ScaleAt has it.
  static HWY_INLINE float Scale(SeparateScales::Type, const std::byte* row,
                                std::int64_t tile) {
    const auto e = std::to_integer<std::uint32_t>(row[tile]);
    return e == 255 ? std::numeric_limits<float>::infinity()
                    : Mxfp4Block::Scale(e);
  }

  static HWY_INLINE void Load(const std::uint8_t* p, VF half, Lanes& low,
                              Lanes& high) {
    alignas(16) std::int8_t twice[kF4Values];
    LookUpF4(p, twice);
    // Half of a power of two is exact. Zeros have lost their signs, which no
    // sum shows.
    for (int i = 0; i < kParts; ++i) {
      low.v[i] = Mxfp4Block::Widen(half, twice + kVectorLanes * i);
      high.v[i] = Mxfp4Block::Widen(half, twice + 16 + kVectorLanes * i);
    }
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#endif  // SPACEMOE_MODELS_KERNELS_SCALED_INL_H_
