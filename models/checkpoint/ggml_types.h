// The tensor types of GGUF files.
#ifndef SPACEMOE_MODELS_CHECKPOINT_GGML_TYPES_H_
#define SPACEMOE_MODELS_CHECKPOINT_GGML_TYPES_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "models/tensor/matrix_view.h"

namespace spacemoe {

// As in ggml.h (enum ggml_type) and ggml-common.h (the blocks).
struct GgmlType {
  std::uint32_t id;
  std::string_view name;
  int block_values;
  int block_bytes;
  std::optional<StorageType> type;  // unset: no kernel reads it
};

// nullptr for a number that is not known.
const GgmlType* FindGgmlType(std::uint32_t id);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CHECKPOINT_GGML_TYPES_H_
