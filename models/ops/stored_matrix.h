// A weight tensor as the kernels see it.
#ifndef SPACEMOE_MODELS_OPS_STORED_MATRIX_H_
#define SPACEMOE_MODELS_OPS_STORED_MATRIX_H_

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string_view>

#include "models/tensor/matrix_view.h"

namespace spacemoe {

// `weight` as in spacemoe::linear (operators.h); borrowed. `type` and `cols`
// may be empty and 0 for float32, float16 and bfloat16. Throws c10::Error when
// they contradict the tensor.
MatrixView StoredMatrix(const at::Tensor& weight, std::string_view type,
                        int64_t cols, int64_t permuted_heads);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_OPS_STORED_MATRIX_H_
