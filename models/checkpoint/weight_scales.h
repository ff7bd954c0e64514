// The scales that lie in tensors beside the values of a quantised matrix.
#ifndef SPACEMOE_MODELS_CHECKPOINT_WEIGHT_SCALES_H_
#define SPACEMOE_MODELS_CHECKPOINT_WEIGHT_SCALES_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "models/checkpoint/checkpoint.h"
#include "models/config/family.h"
#include "models/tensor/matrix_view.h"

namespace spacemoe {

// Finds the scales of `view`, the matrix of `tensor` (a name without MXFP4's
// endings) that `name` cuts out, and sets view.scales. Nothing happens to views
// of types without separate scales.
//   MXFP4:   TENSOR_scales, uint8 [experts, parts * rows, cols / 32]
//   F8_E4M3: TENSOR_scale_inv, [rows / tile, cols / tile] with tiles as the
//            config says, the last ones part-filled (DeepSeek); or
//            TENSOR_scale, one, or one a row (compressed-tensors); of fused
//            experts the same for each
// NOT_FOUND, INVALID_ARGUMENT and UNIMPLEMENTED name the tensor.
absl::Status AttachScales(const Checkpoint& checkpoint,
                          const std::string& tensor, const TensorName& name,
                          std::int64_t expert, MatrixView& view);

// Bytes of a view's scales.
std::int64_t ScaleBytes(const MatrixView& view);

}  // namespace spacemoe

#endif  // SPACEMOE_MODELS_CHECKPOINT_WEIGHT_SCALES_H_
