// Readers of 32 stored values as float32, one per storage type. Values are
// those of DequantizeRow to the bit: d * q is exact in float32, so that a
// fused d * q + m rounds where the unfused one does. Data may be unaligned.
// Block::Load(p, scales, sixteenths, low, high): the block's own as BlockScales
// gives them where Block::kHasScales; values 0..15 go to `low` and 16..31 to
// `high`.
#if defined(SPACEMOE_MODELS_KERNELS_BLOCKS_INL_H_) == defined(HWY_TARGET_TOGGLE)
#ifdef SPACEMOE_MODELS_KERNELS_BLOCKS_INL_H_
#undef SPACEMOE_MODELS_KERNELS_BLOCKS_INL_H_
#else
#define SPACEMOE_MODELS_KERNELS_BLOCKS_INL_H_
#endif

#include <cstdint>
#include <cstring>

#include "hwy/highway.h"
#include "models/kernels/lanes-inl.h"
#include "models/tensor/half.h"

HWY_BEFORE_NAMESPACE();
namespace spacemoe::kernels {
namespace HWY_NAMESPACE {

constexpr int kBlockValues = 32;

#undef SPACEMOE_HAVE_F16C
#if HWY_TARGET == HWY_AVX3 || HWY_TARGET == HWY_AVX2 || HWY_ARCH_ARM_A64
#define SPACEMOE_HAVE_F16C 1
#else
#define SPACEMOE_HAVE_F16C 0
#endif

// Keeps the compiler from holding an array in registers.
template <typename T>
HWY_INLINE void KeepInMemory(T& array) {
  asm volatile("" : "+m"(array));
}

// The same pointer, so that what it points to is read again: as an operand in
// memory a broadcast value is free, kept in a register it costs a shuffle.
HWY_INLINE const float* Reread(const float* p) {
  asm("" : "+r"(p));
  return p;
}

// Unaligned vector of T with as many lanes as DF.
template <typename T>
HWY_INLINE hn::Vec<hn::Rebind<T, DF>> LoadBytes(const std::uint8_t* p) {
  const hn::Rebind<T, DF> d;
#if HWY_TARGET == HWY_SCALAR
  T value;
  std::memcpy(&value, p, sizeof(value));
  return hn::Set(d, value);
#else
  const hn::Repartition<std::uint8_t, decltype(d)> bytes;
  return hn::BitCast(d, hn::LoadU(bytes, p));
#endif
}

HWY_INLINE VF WidenHalf(const std::uint8_t* p) {
#if SPACEMOE_HAVE_F16C
  const hn::Rebind<hwy::float16_t, DF> d16;
  return hn::PromoteTo(DF(), hn::BitCast(d16, LoadBytes<std::uint16_t>(p)));
#else
  const DU du;
  const auto bits = hn::PromoteTo(du, LoadBytes<std::uint16_t>(p));
  const auto sign = hn::ShiftLeft<16>(hn::And(bits, hn::Set(du, 0x8000u)));
  const auto shifted = hn::ShiftLeft<13>(hn::And(bits, hn::Set(du, 0x7fffu)));
  const auto value =
      hn::Mul(hn::BitCast(DF(), shifted), hn::Set(DF(), 0x1p112f));
  const auto special = hn::And(bits, hn::Set(du, 0x7c00u));
  const auto is_special = hn::Eq(special, hn::Set(du, 0x7c00u));
  const auto infinite =
      hn::IfThenElseZero(is_special, hn::Set(du, 0x7f800000u));
  return hn::BitCast(DF(),
                     hn::Or(hn::Or(hn::BitCast(du, value), infinite), sign));
#endif
}

HWY_INLINE VF WidenBf16(const std::uint8_t* p) {
  const DU du;
  const auto bits = hn::PromoteTo(du, LoadBytes<std::uint16_t>(p));
  return hn::BitCast(DF(), hn::ShiftLeft<16>(bits));
}

// The float16 at the start of each of kCount blocks, and the one after it (the
// minimum where the type has one), as scales[2 * block] and the next; a
// sixteenth of each in `sixteenths`. They pass through memory on purpose:
// broadcasting from there is free of shuffles.
template <int kCount>
struct BlockScales {
  alignas(64) float scales[2 * kCount];
  alignas(64) float sixteenths[2 * kCount];

  HWY_INLINE void Load(const std::uint8_t* p, std::int64_t stride) {
#if SPACEMOE_HAVE_F16C
    alignas(64) std::uint32_t pairs[kCount];
    for (int i = 0; i < kCount; ++i) std::memcpy(&pairs[i], p + i * stride, 4);
    const hn::Simd<std::uint32_t, kCount, 0> d32;
    const hn::Simd<float, 2 * kCount, 0> d;
    const hn::Rebind<hwy::float16_t, decltype(d)> d16;
    const auto halves = hn::BitCast(d16, hn::LoadU(d32, pairs));
    const auto wide = hn::PromoteTo(d, halves);
    hn::StoreU(wide, d, scales);
#if HWY_TARGET != HWY_AVX3
    hn::StoreU(hn::Mul(wide, hn::Set(d, 0.0625f)), d, sixteenths);
#endif
#else
    for (int i = 0; i < kCount; ++i) {
      std::uint16_t halves[2];
      std::memcpy(halves, p + i * stride, sizeof(halves));
      for (int h = 0; h < 2; ++h) {
        scales[2 * i + h] = HalfToFloat(halves[h]);
        sixteenths[2 * i + h] = 0.0625f * scales[2 * i + h];
      }
    }
#endif
    KeepInMemory(scales);
    KeepInMemory(sixteenths);
  }
};

struct F32Block {
  static constexpr bool kHasScales = false;
  static constexpr int kBytes = 128;
  static HWY_INLINE void Load(const std::uint8_t* p, const float*, const float*,
                              Lanes& low, Lanes& high) {
    for (int i = 0; i < kParts; ++i) {
      low.v[i] = LoadBytes<float>(p + 4 * kVectorLanes * i);
      high.v[i] = LoadBytes<float>(p + 64 + 4 * kVectorLanes * i);
    }
  }
};

struct F16Block {
  static constexpr bool kHasScales = false;
  static constexpr int kBytes = 64;
  static HWY_INLINE void Load(const std::uint8_t* p, const float*, const float*,
                              Lanes& low, Lanes& high) {
    for (int i = 0; i < kParts; ++i) {
      low.v[i] = WidenHalf(p + 2 * kVectorLanes * i);
      high.v[i] = WidenHalf(p + 32 + 2 * kVectorLanes * i);
    }
  }
};

struct BF16Block {
  static constexpr bool kHasScales = false;
  static constexpr int kBytes = 64;
  static HWY_INLINE void Load(const std::uint8_t* p, const float*, const float*,
                              Lanes& low, Lanes& high) {
    for (int i = 0; i < kParts; ++i) {
      low.v[i] = WidenBf16(p + 2 * kVectorLanes * i);
      high.v[i] = WidenBf16(p + 32 + 2 * kVectorLanes * i);
    }
  }
};

struct Q8_0Block {
  static constexpr bool kHasScales = true;
  static constexpr int kBytes = 34;
  static HWY_INLINE VF Widen(const float* d, const std::uint8_t* p) {
    const auto q = hn::PromoteTo(DI(), LoadBytes<std::int8_t>(p));
    return hn::Mul(hn::ConvertTo(DF(), q), hn::Set(DF(), *d));
  }
  static HWY_INLINE void Load(const std::uint8_t* p, const float* scales,
                              const float*, Lanes& low, Lanes& high) {
    const float* again = Reread(scales);
    for (int i = 0; i < kParts; ++i) {
      low.v[i] = Widen(scales, p + 2 + kVectorLanes * i);
      high.v[i] = Widen(again, p + 18 + kVectorLanes * i);
    }
  }
};

// Parts of 32 values that a block is made of: 1, or Block::kSubBlocks, whose
// scales are loaded for all of them at once and which has
// Load(p, part, scales, low, high).
template <class Block>
constexpr int SubBlocks() {
  if constexpr (requires { Block::kSubBlocks; }) {
    return Block::kSubBlocks;
  } else {
    return 1;
  }
}

// One block by itself.
template <class Block>
HWY_INLINE void LoadBlock(const std::uint8_t* p, Lanes& low, Lanes& high) {
  BlockScales<1> scales;
  if constexpr (Block::kHasScales) scales.Load(p, 0);
  Block::Load(p, scales.scales, scales.sixteenths, low, high);
}

}  // namespace HWY_NAMESPACE
}  // namespace spacemoe::kernels
HWY_AFTER_NAMESPACE();

#endif  // SPACEMOE_MODELS_KERNELS_BLOCKS_INL_H_
