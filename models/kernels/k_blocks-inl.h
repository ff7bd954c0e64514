// Readers of GGML's K-quants: blocks of 256 values in 8 parts of 32, whose
// scales lie apart from the codes. Scale times code is exact in float32, so
// that a fused difference rounds as the unfused one does.
#if defined(SPACEMOE_MODELS_KERNELS_K_BLOCKS_INL_H_) == \
    defined(HWY_TARGET_TOGGLE)
#ifdef SPACEMOE_MODELS_KERNELS_K_BLOCKS_INL_H_
#undef SPACEMOE_MODELS_KERNELS_K_BLOCKS_INL_H_
#else
#define SPACEMOE_MODELS_KERNELS_K_BLOCKS_INL_H_
#endif

#include <cstdint>
#include <cstring>

#include "hwy/highway.h"
#include "models/kernels/blocks-inl.h"
#include "models/tensor/half.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

HWY_INLINE float HalfAt(const std::uint8_t* p) {
  std::uint16_t half;
  std::memcpy(&half, p, sizeof(half));
  return HalfToFloat(half);
}

// 16 bytes, as T, times `factor`.
template <typename T>
HWY_INLINE void ScaleBytes(const std::uint8_t* bytes, float factor,
                           float* out) {
  for (int i = 0; i < kLanes; i += kVectorLanes) {
    const auto wide = hn::PromoteTo(DI(), LoadBytes<T>(bytes + i));
    const VF product =
        hn::Mul(hn::ConvertTo(DF(), wide), hn::Set(DF(), factor));
    hn::StoreU(product, DF(), out + i);
  }
}

HWY_INLINE hn::Vec<DI> Codes(const std::uint8_t* p, int shift, int mask) {
  const auto bytes = hn::PromoteTo(DI(), LoadBytes<std::uint8_t>(p));
  return hn::And(hn::ShiftRightSame(bytes, shift), hn::Set(DI(), mask));
}

// Two bits of each value of part `part`, 64 bytes holding those of all.
HWY_INLINE hn::Vec<DI> TwoBitCodes(const std::uint8_t* qs, int part, int at) {
  return Codes(qs + part / 4 * 32 + at, part % 4 * 2, 3);
}

HWY_INLINE hn::Vec<DI> FourBitCodes(const std::uint8_t* qs, int part, int at) {
  return Codes(qs + part / 2 * 32 + at, part % 2 * 4, 15);
}

// The bit of each value of part `part` among 32 bytes, times 2^kPlace.
template <int kPlace>
HWY_INLINE hn::Vec<DI> HighBits(const std::uint8_t* bits, int part, int at) {
  return hn::ShiftLeft<kPlace>(Codes(bits + at, part, 1));
}

// Scales of 16 values each, part after part.
struct FineScales {
  alignas(64) float scale[16];
  alignas(64) float minimum[16];  // where the type has one
};

// Calls load(i, at, scale index) for each vector of a part's 32 values.
template <class Load>
HWY_INLINE void ForEachVector(Load load, Lanes& low, Lanes& high) {
  for (int i = 0; i < kParts; ++i) low.v[i] = load(i * kVectorLanes, 0);
  for (int i = 0; i < kParts; ++i) high.v[i] = load(16 + i * kVectorLanes, 1);
}

// scales[16] (low nibble: scale, high nibble: minimum), qs[64], d, dmin.
struct Q2_KBlock {
  static constexpr int kSubBlocks = 8;
  static constexpr int kBytes = 84;
  using Scales = FineScales;

  static HWY_INLINE void LoadScales(const std::uint8_t* p, Scales& scales) {
    std::uint8_t low[16];
    std::uint8_t high[16];
    for (int i = 0; i < 16; ++i) {
      low[i] = p[i] & 15;
      high[i] = p[i] >> 4;
    }
    ScaleBytes<std::uint8_t>(low, HalfAt(p + 80), scales.scale);
    ScaleBytes<std::uint8_t>(high, HalfAt(p + 82), scales.minimum);
  }

  static HWY_INLINE void Load(const std::uint8_t* p, int part,
                              const Scales& scales, Lanes& low, Lanes& high) {
    ForEachVector(
        [&](int at, int half) {
          const auto code = TwoBitCodes(p + 16, part, at);
          return hn::MulSub(hn::Set(DF(), scales.scale[2 * part + half]),
                            hn::ConvertTo(DF(), code),
                            hn::Set(DF(), scales.minimum[2 * part + half]));
        },
        low, high);
  }
};

// hmask[32], qs[64], 16 scales of 6 bits in 12 bytes, d.
struct Q3_KBlock {
  static constexpr int kSubBlocks = 8;
  static constexpr int kBytes = 110;
  using Scales = FineScales;

  static HWY_INLINE void LoadScales(const std::uint8_t* p, Scales& scales) {
    std::uint32_t in[3];
    std::memcpy(in, p + 96, sizeof(in));
    constexpr std::uint32_t kNibbles = 0x0f0f0f0f;
    constexpr std::uint32_t kPairs = 0x03030303;
    std::uint32_t out[4];
    for (int i = 0; i < 4; ++i) {
      const std::uint32_t nibbles = in[i % 2] >> (i / 2 * 4) & kNibbles;
      out[i] = nibbles | (in[2] >> (2 * i) & kPairs) << 4;
    }
    std::uint8_t bytes[16];
    std::memcpy(bytes, out, sizeof(bytes));
    for (std::uint8_t& byte : bytes)
      byte = static_cast<std::uint8_t>(byte - 32);
    ScaleBytes<std::int8_t>(bytes, HalfAt(p + 108), scales.scale);
  }

  static HWY_INLINE void Load(const std::uint8_t* p, int part,
                              const Scales& scales, Lanes& low, Lanes& high) {
    ForEachVector(
        [&](int at, int half) {
          const auto code = hn::Sub(
              hn::Or(TwoBitCodes(p + 32, part, at), HighBits<2>(p, part, at)),
              hn::Set(DI(), 4));
          return hn::Mul(hn::Set(DF(), scales.scale[2 * part + half]),
                         hn::ConvertTo(DF(), code));
        },
        low, high);
  }
};

// d, dmin, 8 scales and 8 minima of 6 bits in 12 bytes, qh[32] if kHasFifthBit,
// qs[128].
template <bool kHasFifthBit>
struct SixBitScaleBlock {
  static constexpr int kSubBlocks = 8;
  static constexpr int kCodes = kHasFifthBit ? 48 : 16;
  static constexpr int kBytes = kCodes + 128;
  struct Scales {
    alignas(64) float values[16];  // scales, then minima, by part
  };

  static HWY_INLINE void LoadScales(const std::uint8_t* p, Scales& scales) {
    std::uint32_t in[3];
    std::memcpy(in, p + 4, sizeof(in));
    constexpr std::uint32_t kSix = 0x3f3f3f3f;
    constexpr std::uint32_t kNibbles = 0x0f0f0f0f;
    constexpr std::uint32_t kPairs = 0x03030303;
    const std::uint32_t out[4] = {
        in[0] & kSix, (in[2] & kNibbles) | (in[0] >> 6 & kPairs) << 4,
        in[1] & kSix, (in[2] >> 4 & kNibbles) | (in[1] >> 6 & kPairs) << 4};
    std::uint8_t bytes[16];
    std::memcpy(bytes, out, sizeof(bytes));
    ScaleBytes<std::uint8_t>(bytes, 1.0f, scales.values);
    const float d = HalfAt(p);
    const float dmin = HalfAt(p + 2);
    for (int i = 0; i < 8; ++i) scales.values[i] *= d;
    for (int i = 8; i < 16; ++i) scales.values[i] *= dmin;
  }

  static HWY_INLINE void Load(const std::uint8_t* p, int part,
                              const Scales& scales, Lanes& low, Lanes& high) {
    const VF scale = hn::Set(DF(), scales.values[part]);
    const VF minimum = hn::Set(DF(), scales.values[8 + part]);
    ForEachVector(
        [&](int at, int) {
          auto code = FourBitCodes(p + kCodes, part, at);
          if constexpr (kHasFifthBit) {
            code = hn::Or(code, HighBits<4>(p + 16, part, at));
          }
          return hn::MulSub(scale, hn::ConvertTo(DF(), code), minimum);
        },
        low, high);
  }
};

using Q4_KBlock = SixBitScaleBlock<false>;
using Q5_KBlock = SixBitScaleBlock<true>;

// ql[128], qh[64], int8 scales[16], d.
struct Q6_KBlock {
  static constexpr int kSubBlocks = 8;
  static constexpr int kBytes = 210;
  using Scales = FineScales;

  static HWY_INLINE void LoadScales(const std::uint8_t* p, Scales& scales) {
    ScaleBytes<std::int8_t>(p + 192, HalfAt(p + 208), scales.scale);
  }

  static HWY_INLINE void Load(const std::uint8_t* p, int part,
                              const Scales& scales, Lanes& low, Lanes& high) {
    const std::uint8_t* ql = p + part / 4 * 64 + part % 2 * 32;
    const int shift = part % 4 / 2 * 4;
    ForEachVector(
        [&](int at, int half) {
          const auto two = TwoBitCodes(p + 128, part, at);
          const auto code =
              hn::Sub(hn::Or(Codes(ql + at, shift, 15), hn::ShiftLeft<4>(two)),
                      hn::Set(DI(), 32));
          return hn::Mul(hn::Set(DF(), scales.scale[2 * part + half]),
                         hn::ConvertTo(DF(), code));
        },
        low, high);
  }
};

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#endif  // SPACEMOE_MODELS_KERNELS_K_BLOCKS_INL_H_
