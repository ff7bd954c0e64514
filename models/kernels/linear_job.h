// One product y = x w^T + bias as the kernels see it.
#ifndef SPACEMOE_MODELS_KERNELS_LINEAR_JOB_H_
#define SPACEMOE_MODELS_KERNELS_LINEAR_JOB_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "models/tensor/matrix_view.h"

namespace spacemoe::kernels {

// x: [rows, w.cols], y: [rows, w.rows], bias: [w.rows] or null. When w.cols is
// not a multiple of 32, x points to a copy whose rows are zero-padded to one.
struct LinearJob {
  const MatrixView& w;
  const float* x;
  std::int64_t rows;
  std::int64_t x_stride;
  float* y;
  std::int64_t y_stride;
  const float* bias;
  bool round_bf16;
};

// Output column that the stored row `stored` of w belongs to: the inverse of
// StoredRow.
inline std::int64_t OutputOfStoredRow(const MatrixView& w,
                                      std::int64_t stored) {
  if (w.permuted_heads == 0) return stored;
  const std::int64_t head_dim = w.rows / w.permuted_heads;
  const std::int64_t within = stored % head_dim;
  return stored - within + within % 2 * (head_dim / 2) + within / 2;
}

}  // namespace spacemoe::kernels

#endif  // SPACEMOE_MODELS_KERNELS_LINEAR_JOB_H_
