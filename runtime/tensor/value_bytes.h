// Float32 values as the bytes that travel, little endian.
#ifndef SPACEMOE_RUNTIME_TENSOR_VALUE_BYTES_H_
#define SPACEMOE_RUNTIME_TENSOR_VALUE_BYTES_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/types/span.h"

namespace spacemoe {

std::string EncodeFloat32(absl::Span<const float> values);
// False when a value is not a bfloat16 (its lower 16 bits are not zero).
bool EncodeBfloat16(absl::Span<const float> values, std::string* bytes);

// The size of `bytes` must be a multiple of the value's.
std::vector<float> DecodeFloat32(std::string_view bytes);
std::vector<float> DecodeBfloat16(std::string_view bytes);

}  // namespace spacemoe

#endif  // SPACEMOE_RUNTIME_TENSOR_VALUE_BYTES_H_
