// The two 16-bit floating-point formats as integers, widened exactly.
#ifndef SPACEMOE_MODELS_TENSOR_HALF_H_
#define SPACEMOE_MODELS_TENSOR_HALF_H_

#include <bit>
#include <cstdint>

namespace spacemoe {

// bfloat16 is the upper half of a float32.
inline float BFloat16ToFloat(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

// Nearest bfloat16, ties to even; infinities stay, a NaN stays a (quiet) NaN.
inline std::uint16_t FloatToBFloat16(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if ((bits & 0x7fffffffu) > 0x7f800000u) {
    return static_cast<std::uint16_t>((bits >> 16) | 0x40u);
  }
  return static_cast<std::uint16_t>((bits + 0x7fffu + ((bits >> 16) & 1u)) >>
                                    16);
}

// The bfloat16 value nearest to `value`, as float32.
inline float RoundedToBFloat16(float value) {
  return BFloat16ToFloat(FloatToBFloat16(value));
}

// IEEE 754 binary16, subnormals and NaN payloads included.
inline float HalfToFloat(std::uint16_t half) {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000u) << 16;
  const std::uint32_t exponent = (half >> 10) & 0x1fu;
  const std::uint32_t mantissa = half & 0x3ffu;
  if (exponent == 0) {  // zero or subnormal: mantissa * 2^-24
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24f;
    return std::bit_cast<float>(std::bit_cast<std::uint32_t>(magnitude) | sign);
  }
  const std::uint32_t widened = exponent == 31 ? 255u : exponent + 112u;
  return std::bit_cast<float>(sign | (widened << 23) | (mantissa << 13));
}

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_TENSOR_HALF_H_
