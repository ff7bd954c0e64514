// How a publisher quantised the weights of a safetensors checkpoint.
#ifndef SPACEMOE_MODELS_CONFIG_QUANTIZATION_H_
#define SPACEMOE_MODELS_CONFIG_QUANTIZATION_H_

#include <cstdint>

#include "absl/status/status.h"
#include "models/config/field_reader.h"

namespace spacemoe {

// The tensors' own types decide which of them are quantised.
struct QuantizationConfig {
  // F8_E4M3 values share a scale in tiles of this size.
  std::int64_t tile_rows = 128;
  std::int64_t tile_cols = 128;
  bool operator==(const QuantizationConfig&) const = default;
};

// Reads quantization_config of a config.json, if there is one: "fp8" with
// weight_block_size, "mxfp4", or "compressed-tensors" with 8-bit floats.
// UNIMPLEMENTED names any other method.
absl::Status ReadQuantization(const FieldReader& fields,
                              QuantizationConfig& config);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CONFIG_QUANTIZATION_H_
