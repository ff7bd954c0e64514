#include "runtime/tensor/value_bytes.h"

#include <bit>
#include <cstdint>
#include <cstring>

namespace spacemoe {

static_assert(std::endian::native == std::endian::little);

std::string EncodeFloat32(absl::Span<const float> values) {
  return std::string(reinterpret_cast<const char*>(values.data()),
                     values.size() * sizeof(float));
}

bool EncodeBfloat16(absl::Span<const float> values, std::string* bytes) {
  bytes->resize(values.size() * sizeof(uint16_t));
  uint32_t lost = 0;
  for (size_t i = 0; i < values.size(); ++i) {
    const auto bits = std::bit_cast<uint32_t>(values[i]);
    const auto upper = static_cast<uint16_t>(bits >> 16);
    lost |= bits & 0xffff;
    std::memcpy(bytes->data() + i * sizeof(upper), &upper, sizeof(upper));
  }
  return lost == 0;
}

std::vector<float> DecodeFloat32(std::string_view bytes) {
  std::vector<float> values(bytes.size() / sizeof(float));
  if (!values.empty())
    std::memcpy(values.data(), bytes.data(), values.size() * sizeof(float));
  return values;
}

std::vector<float> DecodeBfloat16(std::string_view bytes) {
  std::vector<float> values(bytes.size() / sizeof(uint16_t));
  for (size_t i = 0; i < values.size(); ++i) {
    uint16_t upper;
    std::memcpy(&upper, bytes.data() + i * sizeof(upper), sizeof(upper));
    values[i] = std::bit_cast<float>(static_cast<uint32_t>(upper) << 16);
  }
  return values;
}

}  // namespace spacemoe
