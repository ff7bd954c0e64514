// Rows of a weight as the bytes of a plain type.
#ifndef SPACEMOE_MODELS_CHECKPOINT_ROW_ENCODER_H_
#define SPACEMOE_MODELS_CHECKPOINT_ROW_ENCODER_H_

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "models/checkpoint/safetensors_writer.h"
#include "models/tensor/matrix_view.h"

namespace spacemoe {

// Nearest binary16, ties to even; beyond the range infinity.
std::uint16_t FloatToHalf(float value);

// Reuses one buffer; not thread-safe.
class RowEncoder {
 public:
  // `type`: a floating-point one.
  explicit RowEncoder(SafetensorsType type) : type_(type) {}

  // The values rounded to the type, ties to even. Valid until the next call,
  // float32 no longer than `row`.
  std::span<const std::byte> Encode(std::span<const float> row);

 private:
  const SafetensorsType type_;
  std::vector<std::uint16_t> narrow_;
};

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CHECKPOINT_ROW_ENCODER_H_
