// Memory that costs nothing until it is written.
#ifndef SPACEMOE_MODELS_ENGINE_RESERVED_TENSOR_H_
#define SPACEMOE_MODELS_ENGINE_RESERVED_TENSOR_H_

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "absl/status/statusor.h"

namespace spacemoe {

// float32, [rows, cols], both positive, zero. Address space only: a page takes
// memory when it is first written, and goes back when the tensor dies.
// RESOURCE_EXHAUSTED when there is no room.
absl::StatusOr<at::Tensor> ReservedTensor(int64_t rows, int64_t cols);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_RESERVED_TENSOR_H_
