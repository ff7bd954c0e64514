// One tensor of a checkpoint file, as its header describes it.
#ifndef SPACEMOE_MODELS_CHECKPOINT_TENSOR_INFO_H_
#define SPACEMOE_MODELS_CHECKPOINT_TENSOR_INFO_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "models/tensor/matrix_view.h"

namespace spacemoe {

struct TensorInfo {
  std::string name;
  // Unset for a type that no kernel reads (I64, F8_E4M3, ...).
  std::optional<StorageType> type;
  std::string type_name;            // as the file spells it
  std::vector<std::int64_t> shape;  // outermost first, also for GGUF
  const std::byte* data = nullptr;  // borrowed from the mapped file; may be
                                    // unaligned
  std::int64_t bytes = 0;
  const std::string* file = nullptr;  // path, borrowed; for messages

  // Product of the shape; the readers have checked that it does not overflow.
  std::int64_t elements() const;
};

// The product of a shape from outside; nullopt for a negative size or when it
// overflows.
std::optional<std::int64_t> CheckedElements(
    const std::vector<std::int64_t>& shape);

// "[8, 32, 64]".
std::string ShapeString(const std::vector<std::int64_t>& shape);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CHECKPOINT_TENSOR_INFO_H_
