#include "models/checkpoint/row_encoder.h"

#include <bit>
#include <cmath>

#include "models/tensor/half.h"

namespace spacemoe {

std::uint16_t FloatToHalf(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = (bits >> 16) & 0x8000u;
  const std::uint32_t magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) {  // NaN: keep the payload's upper bits
    return static_cast<std::uint16_t>(sign | 0x7e00u |
                                      ((magnitude >> 13) & 0x3ffu));
  }
  if (magnitude >= 0x477ff000u) {  // 65520 and above round to infinity
    return static_cast<std::uint16_t>(sign | 0x7c00u);
  }
  if (magnitude < 0x38800000u) {  // subnormal: a multiple of 2^-24
    const float scaled = std::bit_cast<float>(magnitude) * 0x1p24f;
    return static_cast<std::uint16_t>(
        sign | static_cast<std::uint32_t>(std::nearbyint(scaled)));
  }
  const std::uint32_t odd = (magnitude >> 13) & 1u;
  const std::uint32_t rounded = magnitude + 0xfffu + odd - 0x38000000u;
  return static_cast<std::uint16_t>(sign | (rounded >> 13));
}

std::span<const std::byte> RowEncoder::Encode(std::span<const float> row) {
  if (type_ == SafetensorsType::kF32) return std::as_bytes(row);
  narrow_.resize(row.size());
  for (std::size_t i = 0; i < narrow_.size(); ++i) {
    narrow_[i] = type_ == SafetensorsType::kF16 ? FloatToHalf(row[i])
                                                : FloatToBFloat16(row[i]);
  }
  return std::as_bytes(std::span<const std::uint16_t>(narrow_));
}

}  // namespace spacemoe
