// A safetensors file: length, header, data.
#include <cstddef>
#include <cstdint>
#include <string>

#include "models/checkpoint/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  static const std::string path = "fuzz.safetensors";
  const std::span bytes(reinterpret_cast<const std::byte*>(data), size);
  const auto header = spacemoe::ParseSafetensors(bytes, path);
  if (!header.ok()) return 0;
  std::size_t sum = 0;
  for (const spacemoe::TensorInfo& tensor : header->tensors) {
    for (std::int64_t i = 0; i < tensor.bytes; ++i) {
      sum += static_cast<std::size_t>(tensor.data[i]);
    }
  }
  return sum == SIZE_MAX ? 1 : 0;
}
