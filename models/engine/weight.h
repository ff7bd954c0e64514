// A weight as libtorch sees it and as the kernels see it.
#ifndef SPACEMOE_MODELS_ENGINE_WEIGHT_H_
#define SPACEMOE_MODELS_ENGINE_WEIGHT_H_

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "models/tensor/matrix_view.h"

namespace spacemoe {

// A matrix [rows, cols] in the mapped file, which must outlive it.
struct Weight {
  MatrixView view;
  // The same bytes as a tensor, without a copy: [rows, cols] of float32,
  // float16 or bfloat16; [rows, row bytes] of uint8 when quantised (or not
  // aligned for its type), the stored rows of a transposed matrix.
  at::Tensor stored;
  // What ATen multiplies by: float32, [rows, cols], rows in Hugging Face's
  // order. Undefined unless the arithmetic is ATen's.
  at::Tensor operand;

  int64_t rows() const { return view.rows; }
  int64_t cols() const { return view.cols; }
};

at::Tensor StoredTensor(const MatrixView& view);

// A copy of the matrix: float32, [rows, cols], rows in Hugging Face's order.
at::Tensor WidenedTensor(const MatrixView& view);

// A norm or a bias: float32, [n], rounded to bfloat16 values when asked. A view
// of the file where that has the values as they are needed, else a copy.
at::Tensor VectorTensor(const MatrixView& view, bool round_bf16);

// A bias as the products take it: null when undefined.
inline const float* BiasData(const at::Tensor& bias) {
  return bias.defined() ? bias.data_ptr<float>() : nullptr;
}

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_ENGINE_WEIGHT_H_
