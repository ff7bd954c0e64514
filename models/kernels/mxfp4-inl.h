// The reader of GGML's MXFP4 blocks (Open Compute Project, "Microscaling
// Formats (MX) Specification", 2023): a byte e, then 32 codes of E2M1 in 16
// bytes.
#if defined(SPACEMOE_MODELS_KERNELS_MXFP4_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SPACEMOE_MODELS_KERNELS_MXFP4_INL_H_
#undef SPACEMOE_MODELS_KERNELS_MXFP4_INL_H_
#else
#define SPACEMOE_MODELS_KERNELS_MXFP4_INL_H_
#endif

#include <bit>
#include <cstdint>

#include "hwy/highway.h"
#include "models/kernels/blocks-inl.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

struct Mxfp4Block {
  static constexpr bool kHasScales = false;
  static constexpr int kBytes = 17;

  // Half of 2^(e - 127), for codes that stand for twice their value.
  static HWY_INLINE float Scale(std::uint32_t e) {
    return std::bit_cast<float>(e < 2 ? 0x00200000u << e : (e - 1) << 23);
  }

  // Twice the values of the 32 codes.
  static HWY_INLINE void LookUp(const std::uint8_t* qs, std::int8_t* out) {
    alignas(16) static constexpr std::int8_t kValues[16] = {
        0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12};
#if HWY_TARGET == HWY_SCALAR
    for (int i = 0; i < 16; ++i) {
      out[i] = kValues[qs[i] & 15];
      out[16 + i] = kValues[qs[i] >> 4];
    }
#else
    const hn::FixedTag<std::uint8_t, 16> bytes;
    const hn::FixedTag<std::int8_t, 16> values;
    const auto table = hn::Load(values, kValues);
    const auto codes = hn::LoadU(bytes, qs);
    const auto low = hn::And(codes, hn::Set(bytes, 15));
    const auto high = hn::And(
        hn::BitCast(bytes, hn::ShiftRight<4>(hn::BitCast(
                               hn::FixedTag<std::uint16_t, 8>(), codes))),
        hn::Set(bytes, 15));
    hn::Store(hn::TableLookupBytes(table, hn::BitCast(values, low)), values,
              out);
    hn::Store(hn::TableLookupBytes(table, hn::BitCast(values, high)), values,
              out + 16);
#endif
  }

  static HWY_INLINE VF Widen(VF scale, const std::int8_t* values) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(values);
    const auto wide = hn::PromoteTo(DI(), LoadBytes<std::int8_t>(bytes));
    return hn::Mul(scale, hn::ConvertTo(DF(), wide));
  }

  static HWY_INLINE void Load(const std::uint8_t* p, const float*, const float*,
                              Lanes& low, Lanes& high) {
    alignas(16) std::int8_t values[32];
    LookUp(p + 1, values);
    const VF scale = hn::Set(DF(), Scale(p[0]));
    for (int i = 0; i < kParts; ++i) {
      low.v[i] = Widen(scale, values + kVectorLanes * i);
      high.v[i] = Widen(scale, values + 16 + kVectorLanes * i);
    }
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#endif  // SPACEMOE_MODELS_KERNELS_MXFP4_INL_H_
